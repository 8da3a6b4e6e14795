// What a page needs beside htmx: say so when a request fails, and keep double clicks from sending twice.
(() => {
  "use strict";

  const notices = () => document.querySelectorAll("[data-notice]");
  const show = (name) => notices().forEach((notice) => { notice.hidden = notice.dataset.notice !== name; });

  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 401) show("signed-out");
    else if (status === 403) show("refused");
    else if (status >= 500) show("failed");
  });
  document.addEventListener("htmx:sendError", () => show("offline"));
  document.addEventListener("htmx:timeout", () => show("offline"));
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) show(""); });

  // What scripts send by themselves is told alike: its status, 0 where the line dropped.
  const NAMES = { 0: "offline", 401: "signed-out", 403: "refused" };
  document.addEventListener("line", (event) => show(NAMES[event.detail] ?? (event.detail >= 500 ? "failed" : "")));

  // <form data-once>: a slow line invites a second click.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once]") || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  });
})();
