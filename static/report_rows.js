// More documents on the page where a report is written, and suggestions put into their field by a click.
(() => {
  "use strict";

  const form = document.querySelector("form.report-form");
  if (!form) return;

  form.querySelectorAll("[data-add-row]").forEach((button) => {
    const name = button.dataset.addRow;
    const list = form.querySelector(`[data-rows="${name}"]`);
    const total = form.elements[`${name}-TOTAL_FORMS`];
    const full = () => Number(total.value) >= Number(list.dataset.most);

    const add = () => {
      const made = list.querySelector("template").content.cloneNode(true);
      const place = Number(total.value);
      made.querySelectorAll("*").forEach((element) => {
        for (const { name: attribute, value } of [...element.attributes]) {
          if (value.includes("__prefix__")) element.setAttribute(attribute, value.replaceAll("__prefix__", place));
        }
      });
      made.querySelector("[data-place]").textContent = place + 1;
      const row = made.firstElementChild;
      list.append(made);
      total.value = place + 1;
      button.hidden = full();
      return row;
    };

    button.hidden = full();
    button.addEventListener("click", () => add().querySelector("input, select, textarea").focus());
    // A draft may hold more documents than the page was made with.
    form.addEventListener("rows-needed", (event) => {
      const last = Math.max(-1, ...event.detail.map((field) => Number(field.match(`^${name}-(\\d+)-`)?.[1] ?? -1)));
      while (Number(total.value) <= last && !full()) add();
    });
  });

  form.querySelectorAll("[data-insert]").forEach((button) => {
    const field = document.getElementById(button.dataset.insert);
    const line = `- ${button.parentElement.querySelector("span").textContent.trim()}`;
    button.hidden = false;
    button.addEventListener("click", () => {
      if (!field.value.split("\n").includes(line)) {
        field.value = [field.value.trimEnd(), line].filter(Boolean).join("\n");
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
      field.focus();
      field.setSelectionRange(field.value.length, field.value.length);
    });
  });
})();
