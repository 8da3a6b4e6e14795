// A report is saved as it is typed; what the server hasn't got yet stays in the browser as a draft.
(() => {
  "use strict";

  const PAUSE_MS = 2000; // after the last key
  const APART_MS = 10000; // between two saves
  const RETRY_MS = 15000;
  const PATIENCE_MS = 30000;
  const LEAVE_MS = 4000;
  const LAST_WORDS = 60000; // characters that browsers still send for a page that is left

  const place = document.querySelector("[data-report]");
  if (!place) return;
  const key = `cchc:${place.dataset.user}:bao-cao:${place.dataset.report}`;
  let version = Number(place.dataset.version);

  const store = window.draftsAt(key);

  // The server has it: it was sent, and the next version is from the same person.
  const arrived = (draft) => draft.sent && version === draft.version + 1 && place.dataset.savedBy === place.dataset.user;
  const old = store.read();
  if (old && arrived(old)) store.forget();

  const form = document.querySelector("form.report-form");
  if (!form) return;

  const HIDDEN = /^(csrfmiddlewaretoken|version|.*_FORMS)$/;
  const fields = () => [...form.elements].filter((field) => field.name && !HIDDEN.test(field.name));
  const settled = (text) => text.split(/\r?\n/).map((line) => line.trimEnd()).join("\n").trim();
  const same = (one, other) => settled(one) === settled(other);
  // A page that came back unsaved shows what was typed: there, everything counts as changed.
  let typed = "typed" in form.dataset;
  const changes = () => fields().filter((field) => typed || !same(field.value, field.defaultValue));

  const problems = form.querySelector("[data-problems]");
  const notice = form.querySelector("[data-draft-notice]");
  const state = form.querySelector("[data-draft-state]");
  const say = (kind, words) => {
    if (state.dataset.state === kind && state.textContent === words) return;
    // Read out is only what went wrong: saving goes on all the time.
    state.setAttribute("aria-live", kind === "failed" ? "polite" : "off");
    state.dataset.state = kind;
    state.textContent = words;
  };
  const count = () => {
    const texts = fields().filter((field) => "narrative" in field.dataset);
    const written = form.querySelector("[data-written]"); // not in kinds without narrative parts
    if (written) written.textContent = texts.filter((field) => field.value.trim()).length;
  };

  let kept = true;
  const keep = (sent) => {
    const values = Object.fromEntries(changes().map((field) => [field.name, field.value]));
    kept = store.write({ version, at: new Date().toISOString(), sent, held, values });
    return kept;
  };

  // Saving

  // On a page that shows two versions, only the person decides which one stays.
  let held = "conflict" in form.dataset;
  let unanswered = null; // what was sent: after a lost answer the same is sent again, which the server then knows
  let busy = false;
  let leaving = false;
  let afterwards = null;
  let timer = 0;
  let sentAt = 0;
  let since = 0; // when the oldest key that isn't saved was typed

  const schedule = (pause = PAUSE_MS) => {
    clearTimeout(timer);
    if (held || leaving) return;
    const now = Date.now();
    since = since || now;
    const wait = Math.min(Math.max(pause, sentAt + APART_MS - now), Math.max(0, since + 2 * APART_MS - now));
    timer = setTimeout(send, wait);
  };

  const failed = () => {
    say("failed", keep(false) ? "Chưa lưu được; bản nháp giữ trong trình duyệt này, sẽ tự lưu lại" : "Chưa lưu được, sẽ tự lưu lại");
    clearTimeout(timer);
    timer = setTimeout(send, RETRY_MS);
  };

  const send = async (options = {}) => {
    clearTimeout(timer);
    if (held || busy) return;
    if (!unanswered) {
      if (!changes().length) return;
      const values = Object.fromEntries(fields().map((field) => [field.name, field.value]));
      unanswered = { body: new URLSearchParams(new FormData(form)).toString(), values };
    }
    busy = true;
    sentAt = Date.now();
    since = 0;
    keep(true);
    say("saving", "Đang lưu…");
    const line = new AbortController();
    const patience = setTimeout(() => line.abort(), PATIENCE_MS);
    let status = 0;
    let words = "";
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true" },
        body: unanswered.body,
        signal: line.signal,
        ...options,
      });
      words = await answer.text();
      status = answer.status;
    } catch { /* the line dropped */ }
    clearTimeout(patience);
    busy = false;
    settle(status, words);
  };

  const settle = (status, words) => {
    const [sent, submitter] = [unanswered, afterwards];
    afterwards = null;
    document.dispatchEvent(new CustomEvent("line", { detail: status }));
    if (status !== 200 && status !== 409 && status !== 422) return failed();
    unanswered = null;
    complain(status === 200 ? "" : words);
    if (status === 200) saved(words, sent.values);
    else if (status === 422) say("failed", keep(false) ? "Chưa lưu, còn chỗ phải sửa; bản nháp giữ trong trình duyệt này" : "Chưa lưu, còn chỗ phải sửa");
    else {
      held = true;
      keep(false);
      say("failed", "Chưa lưu: đã có bản khác được lưu trước");
    }
    if (submitter) form.requestSubmit(submitter);
  };

  const saved = (words, values) => {
    const answer = new DOMParser().parseFromString(words, "text/html").querySelector("[data-version]");
    version = Number(answer.dataset.version);
    form.elements.version.value = version;
    fields().forEach((field) => { if (field.name in values) field.defaultValue = values[field.name]; });
    typed = false;
    form.querySelectorAll(".saved-text").forEach((box) => box.remove());
    notice.hidden = true;
    if (changes().length) {
      keep(false);
      say("draft", "Chưa lưu");
      schedule();
    } else {
      store.forget();
      kept = true;
      say("saved", answer.textContent.trim());
    }
  };

  // The server's words stand at the foot, and those for a field at the field, unless it is still being filled in.
  const complain = (words) => {
    form.querySelectorAll("[data-for]").forEach((list) => {
      const field = document.getElementById(list.dataset.for);
      field?.removeAttribute("aria-invalid");
      list.remove();
    });
    problems.innerHTML = words;
    problems.querySelectorAll("[data-for]").forEach((list) => {
      const field = document.getElementById(list.dataset.for);
      const own = field?.closest(".citation");
      if (!field || (own && own.contains(document.activeElement))) return list.remove();
      document.getElementById(list.id) !== list && document.getElementById(list.id).remove();
      list.hidden = false;
      field.before(list);
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", [field.id && document.getElementById(`${field.id}_helptext`)?.id, list.id].filter(Boolean).join(" "));
    });
  };

  form.addEventListener("input", () => {
    count();
    if (!busy && !unanswered && !changes().length) {
      clearTimeout(timer);
      store.forget();
      return say("saved", "Như bản đã lưu");
    }
    keep(false);
    if (!unanswered) say("draft", held ? "Chưa lưu; hãy đối chiếu rồi bấm Lưu báo cáo" : "Chưa lưu");
    if (!busy && !unanswered) schedule();
  });
  form.addEventListener("change", () => { if (!busy && !unanswered && changes().length) schedule(PAUSE_MS / 4); });
  form.addEventListener("focusout", (event) => {
    if (problems.childElementCount && event.target.closest(".citation")) schedule();
  });
  window.addEventListener("online", () => { if (unanswered || changes().length) send(); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || leaving || held || !changes().length) return;
    const small = new URLSearchParams(new FormData(form)).toString().length < LAST_WORDS;
    if (small) send({ keepalive: true });
  });

  // The page that comes next shows what was typed here.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    const plain = link && !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.shiftKey && !link.target;
    if (!plain || link.getAttribute("href").startsWith("#") || held || busy || !changes().length || !navigator.onLine) return;
    event.preventDefault();
    await Promise.race([send(), new Promise((done) => { setTimeout(done, LEAVE_MS); })]);
    location.assign(link.href);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formaction")) return void (leaving = true);
    if (!navigator.onLine) {
      event.preventDefault();
      return failed();
    }
    if (busy || unanswered) {
      // The version of what is on its way must be known first.
      event.preventDefault();
      afterwards = event.submitter || form.querySelector("[type=submit]");
      return void send();
    }
    clearTimeout(timer);
    leaving = true;
    keep(true);
    say("saving", "Đang lưu…");
    kept = true;
  });
  // Back on a page that was left by its button: what it saved then is another version.
  window.addEventListener("pageshow", (event) => { if (event.persisted && leaving) location.reload(); });
  // Only where the browser keeps no draft would leaving the page lose anything.
  window.addEventListener("beforeunload", (event) => { if (!kept && !leaving) event.preventDefault(); });

  // Drafts

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
    form.dispatchEvent(new CustomEvent("rows-needed", { detail: Object.keys(draft.values) }));
    const restored = fields().filter((field) => field.name in draft.values && !same(draft.values[field.name], field.defaultValue));
    if (!restored.length) return store.forget();
    // Nobody's later text is replaced by an older draft unasked.
    held = draft.held || version !== draft.version;
    const boxes = restored.map(showSaved);
    restored.forEach((field) => { field.value = draft.values[field.name]; });
    const labels = restored.map((field) => field.labels[0].textContent.replace(/:\s*$/, "").trim());
    const when = new Date(draft.at).toLocaleString("vi-VN", { dateStyle: "short", timeStyle: "short" });
    notice.querySelector("[data-draft-words]").textContent =
      `Đã đưa lại bản nháp chưa lưu, nhập lúc ${when}, vào các ô: ${labels.join("; ")}. Dưới mỗi ô là bản đã lưu.`
      + (held && version !== draft.version ? " Báo cáo đã được lưu lại sau khi bạn nhập bản nháp này; hãy đối chiếu trước khi lưu." : "");
    notice.hidden = false;
    notice.querySelector("[data-draft-drop]").addEventListener("click", () => {
      restored.forEach((field) => { field.value = field.defaultValue; });
      boxes.forEach((box) => box.remove());
      notice.hidden = true;
      held = false;
      clearTimeout(timer);
      store.forget();
      say("saved", "Đã bỏ bản nháp");
      count();
      form.dispatchEvent(new Event("typed-anew"));
    });
    say("draft", held ? "Chưa lưu; hãy đối chiếu rồi bấm Lưu báo cáo" : "Bản nháp chưa lưu");
  };

  form.elements.version.value = version;
  const draft = store.read();
  if (typed) { keep(false); say("draft", "Chưa lưu"); }
  else if (draft && draft.values) restore(draft);
  count();
})();
