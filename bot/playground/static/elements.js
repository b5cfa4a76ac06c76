// What can be clicked in a row or beside a text: buttons, menus, pictures, votes.

import { el, link } from "./dom.js";

/** Names of actions may repeat from block to block, those of blocks do not. */
export const nameOf = (piece, block) =>
  ["actions", "context_actions", "card"].includes(block.type) ? piece.action_id : block.block_id;

/** A picture. Nothing is fetched from elsewhere: one that was not uploaded here is its words. */
export const image = (piece, className = "b-image") => piece.slack_file
  ? el("img", {
      className: className === "b-large" ? "b-upload" : className, alt: piece.alt_text,
      src: `/playground/files/${encodeURIComponent(piece.slack_file.id)}`,
    })
  : el("span", { className, role: "img", "aria-label": piece.alt_text, title: piece.alt_text },
    el("span", { "aria-hidden": "true" }, "▨"), " ", el("span", {}, piece.alt_text));

/** An element that is pressed, or null where it holds a value instead. */
export function pressed(piece, block, context) {
  switch (piece.type) {
    case "button": return button(piece, block, context);
    case "icon_button": return icon(piece, block, context);
    case "workflow_button": return workflow(piece, context);
    case "feedback_buttons": return votes(piece, block, context);
    case "overflow": return overflow(piece, block, context);
    case "image": return image(piece, "b-thumbnail");
    default: return null;
  }
}

/** What a click does: ask for confirmation where the app wants it, then tell the app. */
const clicking = (piece, block, context, value) => async (event) => {
  if (piece.confirm && !(await context.confirm(piece.confirm))) return;
  await context.act(nameOf(piece, block), value, event.target);
};

const keyed = (piece, context, value = "") => `${context.key}/${piece.action_id}/${value}`;

export function button(piece, block, context) {
  const click = clicking(piece, block, context, piece.value);
  if (piece.url) {
    const opened = link(piece.url, piece.text.text);
    opened.classList.add("button", ...(piece.style ? [piece.style] : []));
    opened.addEventListener("click", click);
    return opened;
  }
  return el("button", {
    type: "button", className: piece.style ?? "", onclick: click,
    "data-key": keyed(piece, context, piece.value), "aria-label": piece.accessibility_label,
  }, piece.text.text);
}

function icon(piece, block, context) {
  const only = piece.visible_to_user_ids;
  if (only && !only.includes(context.scene.me)) return el("span", { hidden: true });
  return el("button", {
    type: "button", className: "quiet", onclick: clicking(piece, block, context, piece.value),
    "data-key": keyed(piece, context, piece.value),
    "aria-label": piece.accessibility_label,
  }, "🗑 ", piece.text.text);
}

// Slack starts the workflow by itself; the app hears nothing, and here there are none to start.
const workflow = (piece, context) =>
  el("button", {
    type: "button", className: piece.style ?? "", "aria-label": piece.accessibility_label,
    onclick: () => context.tell("Workflows run in Slack only."),
  }, piece.text.text);

function votes(piece, block, context) {
  const vote = (one, sign) =>
    el("button", {
      type: "button", className: "quiet",
      onclick: clicking(piece, block, context, one.value), "data-key": keyed(piece, context, one.value),
      "aria-label": one.accessibility_label,
    }, `${sign} ${one.text.text}`);
  return el("span", { className: "votes", role: "group", "aria-label": "Feedback" },
    vote(piece.positive_button, "👍"), vote(piece.negative_button, "👎"));
}

function overflow(piece, block, context) {
  const menu = el("details", { className: "menu" },
    el("summary", { "aria-label": "More", "data-key": keyed(piece, context) }, "⋯"));
  menu.append(el("div", {}, ...piece.options.map((option) => {
    const words = [option.text.text, option.description ? el("small", {}, option.description.text) : null];
    const item = option.url
      ? link(option.url, ...words.filter(Boolean)) : el("button", { type: "button" }, ...words);
    item.dataset.key = keyed(piece, context, option.value ?? option.url);
    const click = clicking(piece, block, context, option.value);
    item.addEventListener("click", (event) => {
      menu.open = false;
      return click(event);
    });
    return item;
  })));
  return menu;
}
