/* A request that htmx could not send or the server could not answer is said, with what to do. Without a network no form
   leaves its page: photos and words stay where they are until it can be sent. */

import { tell } from "./status.js";
import { say } from "./words.js";

document.addEventListener("htmx:sendError", () => tell("danger", say(navigator.onLine ? "send_again" : "offline")));
document.addEventListener("htmx:responseError", () => tell("danger", say("send_again")));
document.addEventListener("htmx:afterOnLoad", () => tell("", ""));
document.addEventListener("submit", (event) => {
  if (navigator.onLine) return;
  event.preventDefault();
  tell("danger", say("offline"));
});
window.addEventListener("online", () => tell("", ""));
