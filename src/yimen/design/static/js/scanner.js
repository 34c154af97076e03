/* At a window a scanner types a number and presses Enter: that moves on, it does not send a half-filled form. */

export function wake(root) {
  for (const form of root.querySelectorAll("form[data-scanner]")) {
    form.addEventListener("keydown", (event) => {
      const box = event.target;
      if (event.key !== "Enter" || !["INPUT", "SELECT"].includes(box.tagName) || ["submit", "button", "file"].includes(box.type)) return;
      event.preventDefault();
      if (event.ctrlKey) return form.requestSubmit();
      // A group of choices is one stop, and a file is brought by Tab: who only ticks off papers passes it.
      const boxes = [...form.querySelectorAll("input, select, textarea, button")].filter((e) =>
        e === box || (!["hidden", "file"].includes(e.type) && !e.disabled && !e.closest("[hidden]") && !(e.type === "radio" && e.name === box.name)));
      boxes[boxes.indexOf(box) + 1]?.focus();
    });
  }
}
