// Nothing typed on a score sheet is lost: every leaf keeps a draft in the browser until the server has saved it.
(() => {
  "use strict";

  const RETRY_MS = 15000;
  const sheet = document.querySelector("[data-sheet]");
  if (!sheet) return;
  const keyOf = (form) => `cchc:${sheet.dataset.user}:${sheet.dataset.sheet}:${form.dataset.leaf}`;
  const forms = () => sheet.querySelectorAll("form[data-leaf]");
  const formOf = (element) => element.closest("form[data-leaf]");

  const content = (form) => {
    const pairs = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
    return JSON.stringify(pairs);
  };

  const say = (form, state, words) => {
    const place = form.querySelector(".save-state");
    if (!place) return;
    place.dataset.state = state;
    place.textContent = words;
    sumUp();
  };

  // One line at the foot says whether everything typed on the sheet is saved, and leads to what isn't.
  const summaries = document.querySelectorAll("[data-saving]");
  const sumUp = () => {
    const states = [...forms()].map((form) => [form, form.querySelector(".save-state")?.dataset.state]);
    const unsaved = states.filter(([, state]) => state === "draft" || state === "failed");
    const saving = states.some(([, state]) => state === "saving");
    summaries.forEach((summary) => {
      summary.hidden = false;
      summary.dataset.state = unsaved.length ? "failed" : saving ? "saving" : "saved";
      summary.textContent = unsaved.length ? "" : saving ? "Đang lưu…" : "Đã lưu tất cả";
      if (!unsaved.length) return;
      const link = document.createElement("a");
      link.href = `#leaf-${unsaved[0][0].dataset.leaf}`;
      link.textContent = `${unsaved.length} ${sheet.dataset.noun || "tiêu chí"} chưa lưu`;
      summary.append(link);
    });
  };

  const store = {
    read: (form) => { try { return localStorage.getItem(keyOf(form)); } catch { return null; } },
    write: (form) => { try { localStorage.setItem(keyOf(form), content(form)); } catch { /* private mode or full */ } },
    forget: (form) => { try { localStorage.removeItem(keyOf(form)); } catch { /* private mode */ } },
  };

  const restore = (form, draft) => {
    const typed = new Map();
    JSON.parse(draft).forEach(([name, value]) => typed.set(name, [...(typed.get(name) || []), value]));
    for (const field of form.elements) {
      if (!field.name || field.name === "csrfmiddlewaretoken") continue;
      const values = typed.get(field.name) || [];
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    }
  };

  const send = (form) => htmx.trigger(form, "submit");

  document.addEventListener("input", (event) => {
    const form = formOf(event.target);
    if (!form) return;
    store.write(form);
    say(form, "draft", "Chưa lưu");
  });

  // "None of these" and the other ticks of a list exclude each other.
  document.addEventListener("change", (event) => {
    const form = formOf(event.target);
    if (!form || event.target.type !== "checkbox" || !event.target.checked) return;
    const none = form.querySelector("input[name=answered]");
    if (event.target === none) form.querySelectorAll("input[name=items]").forEach((tick) => { tick.checked = false; });
    else if (none && event.target.name === "items") none.checked = false;
    store.write(form);
  }, true);

  // Going from the first number of a leaf to its next, still empty one isn't the end of the answer.
  const isNumber = (field) => field.matches?.(".inputs .input input");
  const goesOn = (form) => {
    const next = document.activeElement;
    return formOf(next) === form && isNumber(next) && !next.value;
  };
  document.addEventListener("change", (event) => {
    const form = formOf(event.target);
    if (!form || "explicit" in form.dataset || !isNumber(event.target)) return;
    event.stopPropagation();
    setTimeout(() => {
      if (goesOn(form)) form.dataset.held = "yes";
      else if (form.dataset.sending !== content(form)) send(form);
    });
  }, true);
  document.addEventListener("focusout", (event) => {
    const form = formOf(event.target);
    if (!form || !form.dataset.held) return;
    setTimeout(() => { if (form.dataset.held && !goesOn(form)) send(form); });
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = formOf(event.detail.elt);
    if (!form || form !== event.detail.elt) return;
    delete form.dataset.held;
    form.dataset.sending = content(form);
    say(form, "saving", "Đang lưu…");
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = formOf(event.detail.elt);
    if (!form || form !== event.detail.elt) return;
    const status = event.detail.xhr ? event.detail.xhr.status : 0;
    const sent = form.dataset.sending;
    delete form.dataset.sending;
    delete form.dataset.unsent;
    if (status === 200) {
      if (sent === content(form) || withoutVersion(sent) === withoutVersion(content(form))) store.forget(form);
    } else if (status !== 409 && status !== 422) {
      // Refused once is refused again: a page from before logging in anew must come anew, too.
      const refused = status === 403;
      if (!refused) form.dataset.unsent = "yes";
      say(form, "failed", refused ? "Chưa lưu được; hãy tải lại trang" : "Chưa lưu được, sẽ tự gửi lại");
    }
  });

  const withoutVersion = (pairs) => JSON.stringify(JSON.parse(pairs).filter(([name]) => name !== "version"));

  document.addEventListener("htmx:afterSwap", (event) => {
    const form = formOf(event.detail.target);
    if (!form) return;
    const list = form.querySelector("[data-invalid]");
    const invalid = list ? list.dataset.invalid.split(" ") : [];
    for (const field of form.elements) {
      if (!field.name || field.type === "hidden") continue;
      if (invalid.includes(field.name)) {
        field.setAttribute("aria-invalid", "true");
        field.setAttribute("aria-describedby", event.detail.target.id);
      } else {
        field.removeAttribute("aria-invalid");
        field.removeAttribute("aria-describedby");
      }
    }
    sumUp();
  });

  document.addEventListener("click", (event) => {
    const discard = event.target.closest("[data-discard]");
    if (discard) store.forget(formOf(discard));
  });

  const resend = () => forms().forEach((form) => { if (form.dataset.unsent) send(form); });
  window.addEventListener("online", resend);
  setInterval(resend, RETRY_MS);

  window.addEventListener("load", () => {
    forms().forEach((form) => {
      const draft = store.read(form);
      if (!draft) return;
      restore(form, draft);
      say(form, "draft", "Đã khôi phục nội dung chưa gửi");
      // A form with several buttons waits for the person to choose one.
      if (!("explicit" in form.dataset)) send(form);
    });
  });
})();
