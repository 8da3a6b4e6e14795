// Enter in a field of a judgement presses the button that the field belongs to, and no other.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  const form = field.closest(".judge-form");
  const modified = event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
  if (!form || event.key !== "Enter" || modified || !field.matches("input, select")) return;
  event.preventDefault();
  const basis = field.name === "override" ? "override" : "data";
  form.querySelector(`button[value="${basis}"]`).click(); // htmx knows a button that was pressed only
});
