/* A question that hangs on another answer of the page shows itself once that is given; the server judges it again anyway. */

export function wake(root) {
  for (const form of new Set([...root.querySelectorAll("[data-when]")].map((part) => part.closest("form")))) {
    const judge = () => {
      for (const part of form.querySelectorAll("[data-when]")) {
        const given = [...form.elements].find((e) => e.name === part.dataset.when && (e.type !== "radio" || e.checked));
        part.hidden = !given || given.closest("[hidden]") !== null || !JSON.parse(part.dataset.is).includes(given.value);
      }
    };
    form.addEventListener("change", judge);
    judge();
  }
}
