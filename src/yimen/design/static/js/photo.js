/* Previews of chosen photographs, drawn small on a canvas. What is uploaded is the untouched original: a photograph
   is evidence, and its capture time and place are inside it. */

import { say } from "./words.js";

const SIDE = 320;
const LIMIT = 25 * 1024 * 1024;

async function thumbnail(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, SIDE / Math.min(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.toDataURL("image/jpeg", 0.8);
}

function attach(input) {
  const list = document.createElement("ul");
  list.className = "photo-previews";
  const count = document.createElement("p");
  count.className = "visually-hidden";
  count.setAttribute("role", "status");
  input.after(list, count);
  let chosen = [];

  function write() {
    const basket = new DataTransfer();
    for (const file of chosen) basket.items.add(file);
    input.files = basket.files;
    count.textContent = say("photo_count", { n: chosen.length });
  }

  function show(file) {
    const item = document.createElement("li");
    const picture = document.createElement("img");
    picture.alt = file.name;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.setAttribute("aria-label", `${say("photo_remove")} ${file.name}`);
    const cross = document.createElement("i");
    cross.className = "bi bi-x-lg";
    cross.setAttribute("aria-hidden", "true");
    remove.append(cross);
    remove.addEventListener("click", () => {
      chosen = chosen.filter((other) => other !== file);
      item.remove();
      write();
      input.focus();
    });
    item.append(picture, remove);
    list.append(item);
    thumbnail(file).then(
      (source) => { picture.src = source; },
      () => { picture.replaceWith(document.createTextNode(file.name)); },
    );
  }

  input.addEventListener("change", () => {
    const added = Array.from(input.files);
    const fitting = added.filter((file) => file.size <= LIMIT);
    input.setCustomValidity(fitting.length < added.length ? say("photo_too_large") : "");
    input.reportValidity();
    if (!input.multiple) {
      chosen = [];
      list.replaceChildren();
    }
    for (const file of fitting) {
      chosen.push(file);
      show(file);
    }
    write();
  });
}

export function wake(root) {
  for (const input of root.querySelectorAll("[data-photo]:not([data-awake])")) {
    input.dataset.awake = "";
    attach(input);
  }
}
