// Rich text as elements: sections, lists, quotes and code, as people's own editor writes them.

import { el, link } from "./dom.js";
import { emoji } from "./mrkdwn.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };

const PARTS = {
  rich_text_section: (part, scene) => el("div", {}, ...leaves(part, scene)),
  rich_text_quote: (part, scene) => el("blockquote", {}, ...leaves(part, scene)),
  rich_text_preformatted: (part, scene) => el("pre", {}, ...leaves(part, scene)),
};

/** The elements of a `rich_text` block. Lists that follow each other may nest by `indent`. */
export function richText(block, scene) {
  const shown = [];
  for (const part of block.elements) {
    if (part.type === "rich_text_list") shown.push(list(part, scene));
    else shown.push(PARTS[part.type]?.(part, scene) ?? el("p", { className: "unknown" }, `(${part.type})`));
  }
  return el("div", { className: "b-rich" }, ...shown);
}

function list(part, scene) {
  const items = part.elements.map((item) => el("li", {}, ...leaves(item, scene)));
  const made = el(part.style === "ordered" ? "ol" : "ul", { className: `indent-${part.indent ?? 0}` }, ...items);
  if (part.offset) made.start = part.offset + 1;
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
    case "broadcast": return mention(`@${leaf.range}`);
    case "emoji": return emoji(leaf.name);
    case "date": return el("time", {}, leaf.fallback ?? new Date(leaf.timestamp * 1000).toISOString());
    case "color": return el("code", {}, leaf.value);
    default: return `(${leaf.type})`;
  }
}

const mention = (name) => el("span", { className: "mention" }, name);

function styled(leaf, shown) {
  return Object.entries(STYLES).reduce(
    (inner, [name, tag]) => (leaf.style?.[name] ? el(tag, {}, inner) : inner), shown);
}
