/* The one place in a corner where the page says how the connection is. */

export function tell(kind, sentence) {
  const place = document.querySelector("[data-live-status]");
  if (!place) return;
  const notice = document.createElement("div");
  notice.className = `notice notice-${kind}`;
  notice.textContent = sentence;
  place.replaceChildren(...(sentence ? [notice] : []));
}
