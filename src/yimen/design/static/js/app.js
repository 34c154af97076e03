/* The one entry: wakes what the page needs, and only that. Pages work when none of this arrives. */

import "./theme.js";
import "./elder.js";
import "./menu.js";
import "./network.js";

const parts = [
  ["[data-photo]", "./photo.js"],
  ["[data-draft], [data-draft-done], [data-clears-drafts]", "./draft.js"],
  ["[data-map]", "./map.js"],
  ["[data-draw]", "./draw.js"],
  ["[data-chart]", "./chart.js"],
  [".table-frame", "./frame.js"],
  ["[data-live]", "./live.js"],
  ["[data-wall]", "./wall.js"],
  ["[data-when]", "./conditions.js"],
  ["[data-scanner]", "./scanner.js"],
];

async function wake(root) {
  for (const [selector, path] of parts) {
    if (root.matches?.(selector) || root.querySelector(selector)) {
      const part = await import(path);
      part.wake(root);
    }
  }
}

wake(document);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) wake(event.detail.elt);
});
