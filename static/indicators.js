// The grid of figures: from cell to cell by keyboard, blocks pasted from Excel, and a draft until the server has them.
(() => {
  "use strict";

  const form = document.querySelector(".figures-form");
  if (!form) return;
  const grid = form.querySelector(".figures-grid");
  const rows = [...grid.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("[data-cell]")]);

  const placeOf = (cell) => {
    const row = rows.findIndex((cells) => cells.includes(cell));
    return [row, rows[row].indexOf(cell)];
  };
  const STEPS = { ArrowUp: -1, ArrowDown: 1, Enter: 1 };

  grid.addEventListener("keydown", (event) => {
    if (!("cell" in event.target.dataset) || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const step = event.key === "Enter" && event.shiftKey ? -1 : STEPS[event.key];
    if (!step) return;
    event.preventDefault(); // Enter would send the form
    const [row, column] = placeOf(event.target);
    const next = rows[row + step]?.[column];
    if (next) { next.focus(); next.select(); }
  });

  grid.addEventListener("paste", (event) => {
    if (!("cell" in event.target.dataset)) return;
    const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
    if (!/[\t\n]/.test(text)) return;
    event.preventDefault();
    const [row, column] = placeOf(event.target);
    text.split(/\r?\n/).forEach((line, down) => line.split("\t").forEach((typed, right) => {
      const cell = rows[row + down]?.[column + right];
      if (cell) cell.value = typed.trim();
    }));
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // Drafts

  const key = `cchc:${form.dataset.user}:thong-ke:${form.dataset.group}`;
  const version = Number(form.dataset.version);
  const store = window.draftsAt(key);
  const fields = [...grid.querySelectorAll("input")];
  // A page that came back unsaved shows what was typed, with its errors: it is its own draft.
  const typed = "typed" in form.dataset;
  const state = form.querySelector("[data-draft-state]");
  const say = (kind, words) => { state.dataset.state = kind; state.textContent = words; };
  const count = () => {
    const filled = fields.filter((field) => "cell" in field.dataset && field.value.trim());
    form.querySelector("[data-written]").textContent = filled.length;
  };

  let kept = true;
  let leaving = false;
  const keep = (sent) => {
    const changed = fields.filter((field) => typed || field.value !== field.defaultValue);
    kept = store.write({ version, sent, values: Object.fromEntries(changed.map((field) => [field.name, field.value])) });
  };

  form.addEventListener("input", () => {
    keep(false);
    count();
    say("draft", kept ? "Chưa lưu; bản nháp giữ trong trình duyệt này" : "Chưa lưu");
  });
  form.addEventListener("submit", () => { leaving = true; keep(true); say("saving", "Đang lưu…"); });
  window.addEventListener("beforeunload", (event) => { if (!kept && !leaving) event.preventDefault(); });

  // With what is stored there, which may be somebody else's by now.
  const told = (field) => `${field.labels[0].textContent.trim()} (đã lưu: ${field.defaultValue || "để trống"})`;

  const restore = (draft) => {
    const differing = fields.filter((field) => field.name in draft.values && draft.values[field.name] !== field.defaultValue);
    if (!differing.length) return store.forget();
    differing.forEach((field) => { field.value = draft.values[field.name]; });
    const notice = form.querySelector("[data-draft-notice]");
    notice.querySelector("[data-draft-words]").textContent =
      `Đã đưa lại bản nháp chưa lưu vào các ô: ${differing.map(told).join("; ")}.`;
    notice.hidden = false;
    notice.querySelector("[data-draft-drop]").addEventListener("click", () => {
      differing.forEach((field) => { field.value = field.defaultValue; });
      notice.hidden = true;
      store.forget();
      count();
      say("saved", "Đã bỏ bản nháp");
    });
    say("draft", "Bản nháp chưa lưu");
  };

  const draft = store.read();
  // It was sent, and figures were saved since by the same person.
  const arrived = draft?.sent && version > draft.version && form.dataset.savedBy === form.dataset.user;
  if (typed) { keep(false); say("draft", "Chưa lưu"); }
  else if (arrived) store.forget();
  else if (draft?.values) restore(draft);
  count();
})();
