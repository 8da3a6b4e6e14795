// The keyboard down a column: Enter, which saves a unit, goes on to the next, arrow keys go up and down.
(() => {
  "use strict";

  const table = document.querySelector("[data-column]");
  if (!table) return;
  const forms = () => [...table.querySelectorAll("form[data-leaf]")];
  const isText = (field) => field.matches("input:not([type=checkbox], [type=radio], [type=hidden])");

  const go = (from, field, step) => {
    const all = forms();
    const next = all[all.indexOf(from) + step];
    if (!next) return;
    const place = next.elements[field.name];
    const target = place instanceof HTMLElement && place.offsetParent ? place
      : [...next.elements].find((one) => one.offsetParent && (isText(one) || one.matches("select, [type=checkbox]")));
    if (!target) return;
    target.focus();
    if (isText(target)) target.select();
  };

  table.addEventListener("keydown", (event) => {
    const field = event.target;
    const form = field.closest("form[data-leaf]");
    if (!form || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.key === "Enter" && (isText(field) || field.matches("select, [type=checkbox]"))) {
      go(form, field.name === "override" ? field : first(form), 1);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && isText(field)) {
      event.preventDefault();
      go(form, field, event.key === "ArrowDown" ? 1 : -1);
    }
  });

  // From wherever Enter was pressed, the next unit begins at its first input.
  const first = (form) => [...form.elements].find((one) => one.offsetParent && (isText(one) || one.matches("select, [type=checkbox]")));
})();
