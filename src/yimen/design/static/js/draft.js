/* Nothing typed is lost: a form with data-draft keeps what is typed in this browser for a day, gives it back when
   the form is opened empty again, and forgets it after success or sign-out. Passwords, files and hidden fields are
   never kept; a form that was sent and came back holds what was typed already. */

import { say } from "./words.js";

const PREFIX = "yimen-draft:";
const DAY = 24 * 3600 * 1000;
const SKIPPED = new Set(["password", "file", "hidden", "submit", "button", "reset"]);

function boxes(form) {
  return Array.from(form.elements).filter(
    (box) => box.name && !box.name.endsWith("-waiting") && !SKIPPED.has(box.type) && !["one-time-code", "current-password"].includes(box.autocomplete),
  );
}

function snapshot(form) {
  const kept = {};
  for (const box of boxes(form)) {
    const values = (kept[box.name] ??= []);
    if (box.type === "radio" || box.type === "checkbox") {
      if (box.checked) values.push(box.value);
    } else if (box.multiple) {
      values.push(...Array.from(box.selectedOptions, (option) => option.value));
    } else {
      values.push(box.value);
    }
  }
  return kept;
}

function restore(form, kept) {
  for (const box of boxes(form)) {
    const values = kept[box.name];
    if (!values) continue;
    if (box.type === "radio" || box.type === "checkbox") box.checked = values.includes(box.value);
    else if (box.multiple) for (const option of box.options) option.selected = values.includes(option.value);
    else box.value = values[0] ?? "";
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function read(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key));
    return draft && Date.now() - draft.at < DAY ? draft.values : null;
  } catch {
    return null;
  }
}

function write(key, values) {
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), values }));
  } catch {
    /* private browsing or a full disk: the form works as before, without a draft */
  }
}

function forget(match) {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX) && match(key)) localStorage.removeItem(key);
  }
}

function offerToDiscard(form, key, empty) {
  const notice = document.createElement("div");
  notice.className = "notice notice-info";
  notice.setAttribute("role", "status");
  const sentence = document.createElement("p");
  sentence.textContent = say("draft_restored");
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "btn btn-small btn-outline-primary";
  discard.textContent = say("draft_discard");
  discard.addEventListener("click", () => {
    restore(form, empty);
    localStorage.removeItem(key);
    notice.remove();
    boxes(form)[0]?.focus();
  });
  notice.append(sentence, discard);
  form.prepend(notice);
}

function attach(form) {
  const key = PREFIX + form.dataset.draft;
  const empty = snapshot(form);
  const kept = read(key);
  const cameBack = form.querySelector(".has-errors, .is-invalid, .error-summary, [data-came-back]");
  if (kept && !cameBack && JSON.stringify(kept) !== JSON.stringify(empty)) {
    restore(form, kept);
    offerToDiscard(form, key, empty);
  }
  let waiting = 0;
  const keep = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => write(key, snapshot(form)), 300);
  };
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    write(key, snapshot(form));
  });
}

export function wake(root) {
  for (const done of root.querySelectorAll("[data-draft-done]")) {
    localStorage.removeItem(PREFIX + done.dataset.draftDone);
  }
  for (const form of root.querySelectorAll("form[data-draft]:not([data-awake])")) {
    form.dataset.awake = "";
    attach(form);
  }
  for (const form of root.querySelectorAll("form[data-clears-drafts]:not([data-awake])")) {
    form.dataset.awake = "";
    form.addEventListener("submit", () => forget(() => true));
  }
}
