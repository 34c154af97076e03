/* At a window a scanner types a number and presses Enter: that moves on, it does not send a half-filled form. */

export function wake(root) {
  for (const form of root.querySelectorAll("form[data-scanner]")) {
    form.addEventListener("keydown", (event) => {
      const box = event.target;
      if (event.key !== "Enter" || box.tagName !== "INPUT" || ["submit", "button", "file"].includes(box.type)) return;
      event.preventDefault();
      const boxes = [...form.querySelectorAll("input, select, textarea, button")].filter((e) => e.type !== "hidden" && !e.disabled);
      boxes[boxes.indexOf(box) + 1]?.focus();
    });
  }
}
