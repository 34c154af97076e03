/* Larger and smaller letters in elder mode without a reload; on and off goes through the server. */

import { remember } from "./cookies.js";

const SMALLEST = 20;
const LARGEST = 30;
const STEP = 2;

document.addEventListener("submit", (event) => {
  const direction = event.submitter?.dataset.elder;
  if (!event.target.matches("[data-elder-switch]") || !direction) return;
  event.preventDefault();
  const root = document.documentElement;
  const wanted = Number(root.dataset.elder) + (direction === "larger" ? STEP : -STEP);
  const size = Math.min(LARGEST, Math.max(SMALLEST, wanted));
  root.dataset.elder = String(size);
  remember("elder", String(size));
  for (const button of event.target.querySelectorAll("[data-elder]")) {
    const end = button.dataset.elder === "larger" ? LARGEST : SMALLEST;
    button.toggleAttribute("aria-disabled", false);
    if (size === end) button.setAttribute("aria-disabled", "true");
  }
});
