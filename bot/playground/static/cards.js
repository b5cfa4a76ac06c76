// Blocks that hold others: cards side by side, containers that fold, plans and their tasks.

import { el, link } from "./dom.js";
import { image, pressed } from "./elements.js";
import { text } from "./mrkdwn.js";
import { richText } from "./rich_text.js";

/** A `card` block. */
export function card(block, context) {
  const words = (part, className) =>
    block[part] ? el("p", { className }, ...text(block[part], context.scene)) : null;
  return el("section", { className: "b-card" },
    block.hero_image ? image(block.hero_image, "b-hero") : null,
    el("div", { className: "b-card-head" },
      block.icon ? image(block.icon, "b-icon") : null,
      el("div", {}, words("title", "title"), words("subtitle", "faint"))),
    words("body", "b-card-body"),
    block.actions
      ? el("div", { className: "b-actions" }, ...block.actions.map((one) => pressed(one, block, context)))
      : null);
}

/** A `carousel` block: its cards in a row that can be moved sideways, by keyboard as well. */
export const carousel = (block, context) =>
  el("div", { className: "b-carousel", tabIndex: 0, role: "group", "aria-label": "Cards" },
    ...block.elements.map((one) => card(one, context)));

/** A `container` block around blocks that are `shown` already. */
export function container(block, context, shown) {
  const heading = el("span", { className: "b-container-head" },
    block.icon ? image(block.icon, "b-icon") : null,
    el("span", {},
      el("strong", {}, block.rich_text_title
        ? richText(block.rich_text_title, context.scene) : block.title.text),
      block.subtitle ? el("small", {}, ...text(block.subtitle, context.scene)) : null));
  const className = `b-container ${block.width ?? "standard"}${block.has_header_divider ? " divided" : ""}`;
  if (!block.is_collapsible) return el("section", { className }, heading, ...shown);
  return el("details", { className, open: !block.default_collapsed },
    el("summary", { "data-key": `${context.key}/${block.block_id}/fold` }, heading), ...shown);
}

const STATES = {
  pending: ["○", "to do"], in_progress: ["◐", "under way"],
  complete: ["✓", "done"], error: ["✕", "failed"],
};

/** A `task_card` block. */
export function task(block, context) {
  const [sign, said] = STATES[block.status ?? "pending"];
  return el("div", { className: `b-task is-${block.status ?? "pending"}` },
    el("p", { className: "title" },
      el("span", { className: "sign", role: "img", "aria-label": said }, sign), " ", block.title),
    block.details ? richText(block.details, context.scene) : null,
    block.output ? el("div", { className: "output" }, richText(block.output, context.scene)) : null,
    block.sources?.length
      ? el("p", { className: "sources faint" }, ...block.sources.map((one) => link(one.url, one.text)))
      : null);
}

/** A `plan` block: its tasks under one heading. */
export const plan = (block, context) =>
  el("section", { className: "b-plan" },
    el("p", { className: "title" }, block.title),
    ...(block.tasks ?? []).map((one) => task(one, context)));

/** A `video` block. Nothing is fetched from elsewhere: its title leads there. */
export function video(block) {
  const source = [block.author_name, block.provider_name].filter(Boolean).join(" · ");
  return el("figure", { className: "b-video" },
    el("figcaption", {},
      source ? el("span", { className: "faint" }, source) : null,
      block.title_url ? link(block.title_url, block.title.text) : el("strong", {}, block.title.text),
      block.description ? el("span", {}, block.description.text) : null),
    el("div", { className: "b-screen", role: "img", "aria-label": block.alt_text },
      el("span", { "aria-hidden": "true" }, "▶")));
}
