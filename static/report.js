// What is typed into a report stays in the browser as a draft until the server has saved it.
(() => {
  "use strict";

  const place = document.querySelector("[data-report]");
  if (!place) return;
  const key = `cchc:${place.dataset.user}:bao-cao:${place.dataset.report}`;
  const version = Number(place.dataset.version);

  const store = {
    read: () => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    write: (draft) => {
      try { localStorage.setItem(key, JSON.stringify(draft)); return true; } catch { return false; /* private mode or full */ }
    },
    forget: () => { try { localStorage.removeItem(key); } catch { /* private mode */ } },
  };

  // The server has it: it was sent, and the next version is from the same person.
  const arrived = (draft) => draft.sent && version === draft.version + 1 && place.dataset.savedBy === place.dataset.user;
  const old = store.read();
  if (old && arrived(old)) store.forget();

  const form = document.querySelector("form.report-form");
  if (!form) return;

  const HIDDEN = /^(csrfmiddlewaretoken|version|.*_FORMS)$/;
  const fields = [...form.elements].filter((field) => field.name && !HIDDEN.test(field.name));
  const same = (one, other) => one.replace(/\s+/g, " ").trim() === other.replace(/\s+/g, " ").trim();
  // A page that came back unsaved shows what was typed: there, everything counts as changed.
  const typed = "typed" in form.dataset;
  const changes = () => fields.filter((field) => typed || !same(field.value, field.defaultValue));

  const state = form.querySelector("[data-draft-state]");
  const say = (kind, words) => { state.dataset.state = kind; state.textContent = words; };
  const count = () => {
    const texts = fields.filter((field) => "narrative" in field.dataset);
    form.querySelector("[data-written]").textContent = texts.filter((field) => field.value.trim()).length;
  };

  let kept = true;
  const keep = (sent) => {
    const values = Object.fromEntries(changes().map((field) => [field.name, field.value]));
    kept = store.write({ version, at: new Date().toISOString(), sent, values });
    say("draft", kept ? "Chưa lưu; bản nháp giữ trong trình duyệt này" : "Chưa lưu");
  };

  form.addEventListener("input", () => { keep(false); count(); });
  form.addEventListener("submit", () => { keep(true); say("saving", "Đang lưu…"); kept = true; });
  // Only where the browser keeps no draft would leaving the page lose anything.
  window.addEventListener("beforeunload", (event) => { if (!kept) event.preventDefault(); });

  // A saved text stands below every field that holds a draft, so that both can be compared.
  const showSaved = (field) => {
    const box = document.createElement("div");
    const title = document.createElement("p");
    const text = document.createElement("div");
    box.className = "saved-text";
    text.className = "as-typed";
    title.textContent = field.defaultValue ? "Bản đã lưu" : "Bản đã lưu: để trống";
    text.textContent = field.defaultValue;
    box.append(title, text);
    field.closest(".field").append(box);
    return box;
  };

  const restore = (draft) => {
    const restored = fields.filter((field) => field.name in draft.values && !same(draft.values[field.name], field.defaultValue));
    if (!restored.length) return store.forget();
    const boxes = restored.map(showSaved);
    restored.forEach((field) => { field.value = draft.values[field.name]; });
    const notice = form.querySelector("[data-draft-notice]");
    const labels = restored.map((field) => field.labels[0].textContent.replace(/:\s*$/, "").trim());
    const when = new Date(draft.at).toLocaleString("vi-VN", { dateStyle: "short", timeStyle: "short" });
    notice.querySelector("[data-draft-words]").textContent =
      `Đã đưa lại bản nháp chưa lưu, nhập lúc ${when}, vào các ô: ${labels.join("; ")}. Dưới mỗi ô là bản đã lưu.`
      + (version === draft.version ? "" : " Báo cáo đã được lưu lại sau khi bạn nhập bản nháp này; hãy đối chiếu trước khi lưu.");
    notice.hidden = false;
    notice.querySelector("[data-draft-drop]").addEventListener("click", () => {
      restored.forEach((field) => { field.value = field.defaultValue; });
      boxes.forEach((box) => box.remove());
      notice.hidden = true;
      store.forget();
      say("saved", "Đã bỏ bản nháp");
      count();
    });
    say("draft", "Bản nháp chưa lưu");
  };

  const draft = store.read();
  if (typed) keep(false);
  else if (draft && draft.values) restore(draft);
  count();
})();
