// The sheet beside the form follows what is typed. A weak line is asked less often, and never twice at once.
(() => {
  "use strict";

  const PAUSE_MS = 800;
  const form = document.querySelector("form.report-form");
  const sheet = form?.querySelector("[data-preview]");
  if (!sheet) return;

  const desk = form.querySelector(".report-desk");
  const note = form.querySelector("[data-preview-note]");
  const toggle = form.querySelector("[data-preview-toggle]");
  const beside = matchMedia("(min-width: 80rem)");
  const isShown = () => beside.matches || desk.dataset.view === "preview";

  const typed = () => {
    const values = new FormData(form);
    values.delete("version"); // saving changes it, and no word of the sheet
    return new URLSearchParams(values).toString();
  };
  const words = (text) => text.replace(/\*\*/g, "").replace(/\s+/g, " ").trim().toLowerCase();

  let shown = "";
  let line = null;
  let timer = 0;
  let took = 0;

  const refresh = async () => {
    clearTimeout(timer);
    if (!isShown()) return;
    const values = typed();
    if (values === shown) return;
    line?.abort();
    const mine = line = new AbortController();
    const began = Date.now();
    try {
      const answer = await fetch(sheet.dataset.preview, {
        method: "POST",
        headers: { "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true" },
        body: `${values}&version=${form.elements.version.value}`,
        signal: mine.signal,
      });
      const text = await answer.text();
      if (answer.status === 200) show(text, values);
      else if (answer.status === 422) complain(text);
      else note.textContent = "Bản xem trước chưa cập nhật được.";
      took = Date.now() - began;
    } catch (error) {
      if (error.name !== "AbortError") note.textContent = "Mất kết nối mạng: bản xem trước chưa theo kịp nội dung đang nhập.";
    }
  };

  const show = (text, values) => {
    const top = sheet.scrollTop;
    sheet.innerHTML = text;
    sheet.scrollTop = top;
    shown = values;
    note.textContent = "Bản xem trước theo nội dung đang nhập.";
    follow();
  };

  const complain = (text) => {
    const answer = new DOMParser().parseFromString(text, "text/html");
    note.replaceChildren("Bản xem trước chưa theo nội dung đang nhập. ", ...[...answer.querySelectorAll("p")].flatMap((one) => [...one.childNodes, " "]));
  };

  // The paragraph of the line where the caret is.
  const follow = () => {
    sheet.querySelector(".being-written")?.classList.remove("being-written");
    const field = document.activeElement;
    if (!form.contains(field) || !field.value || field.selectionStart == null) return;
    const start = field.value.lastIndexOf("\n", field.selectionStart - 1) + 1;
    const typedLine = words(field.value.slice(start).split("\n", 1)[0].replace(/^- /, "")).slice(0, 80);
    if (typedLine.length < 3) return;
    const found = [...sheet.querySelectorAll("p, li, h2, h3, td")].find((one) => words(one.textContent).includes(typedLine));
    if (!found) return;
    found.classList.add("being-written");
    const [outer, inner] = [sheet.getBoundingClientRect(), found.getBoundingClientRect()];
    if (inner.top < outer.top || inner.bottom > outer.bottom) sheet.scrollTop += inner.top - outer.top - sheet.clientHeight / 3;
  };

  const later = () => {
    clearTimeout(timer);
    if (isShown()) timer = setTimeout(refresh, Math.max(PAUSE_MS, 2 * took));
  };

  const turn = (view) => {
    desk.dataset.view = view;
    toggle.textContent = view === "preview" ? "Soạn tiếp" : "Xem trước";
    refresh();
  };

  form.dataset.live = "yes";
  toggle.addEventListener("click", (event) => {
    event.preventDefault();
    turn(desk.dataset.view === "preview" ? "write" : "preview");
    desk.scrollIntoView();
  });
  // What leads to a field shows the fields.
  form.addEventListener("click", (event) => {
    if (event.target.closest("a[href^='#']")) turn("write");
  });
  form.addEventListener("input", later);
  form.addEventListener("typed-anew", later);
  form.addEventListener("focusin", () => { if (isShown() && shown) follow(); });
  beside.addEventListener("change", refresh);
  window.addEventListener("online", refresh);
  refresh();
})();
