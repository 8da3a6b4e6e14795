// Before a sheet is sent: what was typed on it in this browser and never saved.
(() => {
  "use strict";

  const notice = document.querySelector("[data-unsent]");
  const keys = () => { try { return Object.keys(localStorage); } catch { return []; } };
  const left = keys().filter((key) => key.startsWith(notice.dataset.unsent));
  if (!left.length) return;
  notice.hidden = false;
  notice.querySelector("[data-count]").textContent = left.length;
  notice.querySelector("a").hash = `leaf-${left[0].slice(notice.dataset.unsent.length)}`;
})();
