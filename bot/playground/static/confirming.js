// The question before something is done: a button's `confirm`.

import { el } from "./dom.js";
import { text } from "./mrkdwn.js";

/** Whether the person agrees to what a button's `confirm` asks; `scene` says who its names are. */
export function askToConfirm(question, scene) {
  const dialog = document.getElementById("confirm");
  const style = question.style === "danger" ? "danger" : "primary";
  return new Promise((resolve) => {
    const answer = (yes) => () => {
      dialog.oncancel = null;
      dialog.close();
      resolve(yes);
    };
    dialog.oncancel = answer(false);
    dialog.replaceChildren(
      el("header", {}, el("h2", { id: "confirm-title" }, question.title.text)),
      el("div", { className: "content" }, ...text(question.text, scene)),
      el("footer", {},
        el("button", { type: "button", onclick: answer(false) }, question.deny.text),
        el("button", { type: "button", className: style, onclick: answer(true) }, question.confirm.text)));
    dialog.showModal();
    dialog.querySelector("footer button").focus();
  });
}
