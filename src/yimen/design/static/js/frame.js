/* A table wider than its frame can be scrolled with the keyboard too; one that fits is no stop on the way. */

function settle(frame) {
  const isWide = frame.scrollWidth > frame.clientWidth && getComputedStyle(frame).overflowX !== "visible";
  if (isWide) {
    frame.tabIndex = 0;
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", frame.querySelector("caption")?.textContent ?? "");
  } else {
    for (const name of ["tabindex", "role", "aria-label"]) frame.removeAttribute(name);
  }
}

export function wake(root) {
  for (const frame of root.querySelectorAll(".table-frame:not([data-awake])")) {
    frame.dataset.awake = "";
    new ResizeObserver(() => settle(frame)).observe(frame);
  }
}
