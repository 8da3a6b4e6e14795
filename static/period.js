// Choosing units of a cohort: narrow a long list by typing, tick what is shown.
(() => {
  "use strict";

  const fold = (text) => text.toLowerCase().replace(/đ/g, "d").normalize("NFD").replace(/\p{M}/gu, "");

  document.querySelectorAll("[data-picker]").forEach((picker) => {
    const lines = [...picker.querySelectorAll(".tick")].map((label) => ({
      label, box: label.querySelector("input"), name: fold(label.textContent),
    }));
    const filter = picker.querySelector("[data-picker-filter]");
    const count = () => {
      const chosen = lines.filter(({ box }) => box.checked).length;
      picker.querySelector("[data-picker-count]").textContent = `Đã chọn ${chosen}/${lines.length}`;
    };
    const narrow = () => {
      const words = fold(filter.value).split(/\s+/).filter(Boolean);
      lines.forEach(({ label, name }) => { label.hidden = !words.every((word) => name.includes(word)); });
      picker.querySelectorAll(".unit-level").forEach((level) => {
        level.hidden = !level.querySelector(".tick:not([hidden])");
      });
    };
    const tick = (checked) => {
      lines.forEach(({ label, box }) => { if (!label.hidden && !box.disabled) box.checked = checked; });
      count();
    };
    filter.addEventListener("input", narrow);
    filter.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    picker.querySelector("[data-picker-all]").addEventListener("click", () => tick(true));
    picker.querySelector("[data-picker-none]").addEventListener("click", () => tick(false));
    picker.addEventListener("change", count);
    picker.querySelector("[data-picker-tools]").hidden = false;
    count();
  });
})();
