/* The sentences scripts show: the page carries them in the reader's language. */

const holder = document.getElementById("words");
const words = holder ? JSON.parse(holder.textContent) : {};

export function say(key, values = {}) {
  return (words[key] ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
