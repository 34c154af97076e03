/* Live pages: one line of server-sent events. An event named "matter" becomes "yimen:matter" on <body>, for
   hx-trigger="yimen:matter from:body". A lost line is said, and said again when it is back. */

import { tell } from "./status.js";
import { say } from "./words.js";

const STATUS_SECONDS = 4;
const AGAIN_SECONDS = 15;

function listen(element) {
  const names = (element.dataset.liveEvents ?? "matter reload").split(/\s+/);
  let source = null;
  let isLost = false;

  function open() {
    source = new EventSource(element.dataset.live);
    source.addEventListener("open", () => {
      if (isLost) {
        tell("success", say("live_back"));
        setTimeout(() => tell("", ""), STATUS_SECONDS * 1000);
        document.body.dispatchEvent(new CustomEvent("yimen:back"));
      }
      isLost = false;
    });
    source.addEventListener("error", () => {
      if (!isLost) tell("warning", say("live_lost"));
      isLost = true;
      // A browser comes again by itself after a lost line, but not after a refusal (the server is full, or restarts).
      if (source?.readyState === EventSource.CLOSED) setTimeout(reopen, AGAIN_SECONDS * 1000);
    });
    for (const name of names) {
      source.addEventListener(name, (event) => {
        document.body.dispatchEvent(new CustomEvent(`yimen:${name}`, { detail: event.data }));
      });
    }
  }

  // What is shown is asked for meanwhile: it stays true, and who is no longer signed in learns it from the answer.
  function reopen() {
    if (document.hidden) return;
    open();
    document.body.dispatchEvent(new CustomEvent("yimen:back"));
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source) {
      open();
      document.body.dispatchEvent(new CustomEvent("yimen:back"));
    }
  });
  open();
}

export function wake(root) {
  const found = root === document ? document.querySelectorAll("[data-live]") : [];
  for (const element of found) {
    if ("awake" in element.dataset) continue;
    element.dataset.awake = "";
    listen(element);
  }
}
