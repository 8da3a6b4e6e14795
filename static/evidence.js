// Adding evidence on a slow line: says that it is under way and how far, and refuses early what is too large.
(() => {
  "use strict";

  const formOf = (element) => (element instanceof Element ? element.closest("form[data-evidence-form]") : null);
  const fileOf = (form) => form.querySelector("input[type=file]");

  const say = (form, words, state = "") => {
    const place = form.querySelector("[data-evidence-state]");
    if (!place) return;
    place.dataset.state = state;
    place.textContent = words;
  };

  const progress = (form, percent) => {
    const meter = form.querySelector("progress");
    if (!meter) return;
    meter.hidden = percent === null;
    meter.value = percent || 0;
  };

  const tooLarge = (form) => {
    const input = fileOf(form);
    const file = input && input.files[0];
    return Boolean(file) && file.size > Number(form.dataset.maxBytes);
  };

  const checkSize = (form) => {
    const input = fileOf(form);
    if (!input) return true;
    const refused = tooLarge(form);
    input.toggleAttribute("aria-invalid", false);
    if (refused) input.setAttribute("aria-invalid", "true");
    const limit = Math.floor(Number(form.dataset.maxBytes) / (1024 * 1024));
    say(form, refused ? `Tệp lớn hơn ${limit} MB. Hãy giảm dung lượng hoặc chia thành nhiều tệp.` : "", refused ? "failed" : "");
    return !refused;
  };

  document.addEventListener("change", (event) => {
    const form = formOf(event.target);
    if (form && event.target === fileOf(form)) checkSize(form);
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = formOf(event.detail.elt);
    if (!form) return;
    if (!checkSize(form)) {
      event.preventDefault();
      fileOf(form).focus();
      return;
    }
    const sending = fileOf(form) && fileOf(form).files.length > 0;
    if (sending) progress(form, 0);
    say(form, sending ? "Đang tải lên…" : "Đang lưu…");
  });

  document.addEventListener("htmx:xhr:progress", (event) => {
    const form = formOf(event.target);
    if (!form || !event.detail.lengthComputable || !fileOf(form)) return;
    const percent = Math.floor((100 * event.detail.loaded) / event.detail.total);
    progress(form, percent);
    if (percent === 100) say(form, "Đã tải lên, đang kiểm tra tệp…");
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = formOf(event.detail.elt);
    if (!form || !form.isConnected) return;
    const status = event.detail.xhr ? event.detail.xhr.status : 0;
    if (event.detail.successful || status === 409 || status === 422) return;
    progress(form, null);
    say(form, "Chưa gửi được. Những gì đã nhập vẫn còn; hãy thử lại.", "failed");
  });

  // Whoever works by keyboard or by ear goes on where the answer is.
  document.addEventListener("htmx:afterSettle", (event) => {
    const place = event.detail.target;
    if (!place || !/^evidence-\d+$/.test(place.id)) return;
    const next = ["[aria-invalid=true]", "[data-evidence-said]", "summary", "a.btn"]
      .map((wanted) => place.querySelector(wanted))
      .find(Boolean);
    if (next) next.focus();
  });
})();
