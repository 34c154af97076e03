/* Before the first paint: the device's dark mode when the reader chose nothing, and a mark that scripts run. */
(() => {
  const root = document.documentElement;
  root.classList.add("has-scripts");
  const device = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    if (!root.dataset.theme) root.dataset.bsTheme = device.matches ? "dark" : "light";
  };
  follow();
  device.addEventListener("change", follow);
})();
