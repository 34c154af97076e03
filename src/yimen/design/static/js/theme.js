/* Light and dark without a reload; the form behind the button works without this. */

import { remember } from "./cookies.js";

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-switch]") || !event.submitter) return;
  event.preventDefault();
  const root = document.documentElement;
  const theme = event.submitter.value;
  root.dataset.theme = theme;
  root.dataset.bsTheme = theme;
  remember("theme", theme);
  event.target.querySelector(theme === "dark" ? ".when-dark" : ".when-light")?.focus();
  document.dispatchEvent(new CustomEvent("yimen:theme", { detail: theme }));
});
