// Rich text as elements: sections, lists, quotes and code, as people's own editor writes them.

import { el, link } from "./dom.js";
import { dateWords, emoji } from "./mrkdwn.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };

const PARTS = {
  rich_text_section: (part, scene) => el("div", {}, ...leaves(part, scene)),
  rich_text_quote: (part, scene) => el("blockquote", {}, ...leaves(part, scene)),
  rich_text_preformatted: (part, scene) => el("pre", { tabIndex: 0 }, ...leaves(part, scene)),
};

/** The elements of a `rich_text` block. Lists that follow each other nest by `indent`. */
export function richText(block, scene) {
  return el("div", { className: "b-rich" }, ...block.elements.map((part) => {
    if (part.type === "rich_text_list") return list(part, scene);
    return PARTS[part.type]?.(part, scene) ?? el("p", { className: "unknown" }, `(${part.type})`);
  }));
}

/** All its words, one line for each part: what a control for plain text can hold. */
export const plainText = (block) =>
  (block?.elements ?? []).map((part) => (part.elements ?? []).map(wordsWithin).join("")).join("\n");

const wordsWithin = (leaf) => leaf.text ?? (leaf.elements ?? []).map(wordsWithin).join("");

function list(part, scene) {
  const items = part.elements.map((item) => el("li", {}, ...leaves(item, scene)));
  const ordered = part.style === "ordered";
  const made = el(ordered ? "ol" : "ul", {
    className: `indent-${Math.min(part.indent ?? 0, 8)}${part.border ? " bordered" : ""}`,
  }, ...items);
  if (ordered && part.offset) made.start = part.offset + 1;
  return made;
}

const leaves = (part, scene) => part.elements.map((leaf) => styled(leaf, words(leaf, scene)));

function words(leaf, scene) {
  switch (leaf.type) {
    case "text": return leaf.text;
    case "link": return link(leaf.url, leaf.text ?? leaf.url);
    case "user": return mention(`@${scene.names[leaf.user_id] ?? leaf.user_id}`);
    case "channel": return mention(`#${scene.names[leaf.channel_id] ?? leaf.channel_id}`);
    case "usergroup": return mention(`@${leaf.usergroup_id}`);
    case "team": return mention(`@${leaf.team_id}`);
    case "broadcast": return mention(`@${leaf.range}`);
    case "emoji": return leaf.unicode ? fromCode(leaf.unicode) : emoji(leaf.name);
    case "date": return date(leaf, scene);
    case "color": return color(leaf.value);
    default: return `(${leaf.type})`;
  }
}

const mention = (name) => el("span", { className: "mention" }, name);

const fromCode = (codes) =>
  String.fromCodePoint(...codes.split("-").map((code) => Number.parseInt(code, 16)).filter(Number.isFinite));

function date(leaf, scene) {
  const moment = new Date(leaf.timestamp * 1000);
  const time = el("time", { dateTime: moment.toISOString(), title: leaf.fallback },
    dateWords(leaf.format, moment, scene));
  return leaf.url ? link(leaf.url, time) : time;
}

/** A colour's code and, before it, a patch of it. */
function color(value) {
  const patch = el("span", { className: "patch", "aria-hidden": "true" });
  patch.style.background = value;
  return el("span", {}, patch, el("code", {}, value));
}

function styled(leaf, shown) {
  return Object.entries(STYLES).reduce(
    (inner, [name, tag]) => (leaf.style?.[name] ? el(tag, {}, inner) : inner), shown);
}
