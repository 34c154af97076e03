/* Menus close by Escape or by a click elsewhere; error summaries take the focus; the print button prints. */

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (event.target.closest("[data-print]")) window.print();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("reset", (event) => {
  const asked = event.target.closest("details.confirm");
  if (asked) {
    asked.open = false;
    asked.querySelector("summary").focus();
  }
});

function focusSummary(root) {
  root.querySelector?.("[data-focus]")?.focus();
}

focusSummary(document);
document.addEventListener("htmx:load", (event) => focusSummary(event.detail.elt));
