// Block Kit as elements: what stands in a message, a modal or the Home tab.

import { card, carousel, container, plan, task, video } from "./cards.js";
import { control } from "./controls.js";
import { el } from "./dom.js";
import { image, pressed } from "./elements.js";
import { markdown } from "./markdown.js";
import { text } from "./mrkdwn.js";
import { richText } from "./rich_text.js";
import { chart, dataTable, table } from "./tables.js";

/**
 * The elements of some blocks.
 *
 * `context` holds the `scene`, `act(name, value, pressed)` for clicks, `confirm(dialog)`,
 * `suggest(name, typed)`, `files(piece, entered, id)`, `tell(sentence)`, a `key` that tells this
 * place from others, and for modals `errors` and what is already `entered`.
 */
export function blocks(list, context) {
  return list.map((block) => {
    const render = BLOCKS[block.type];
    return render ? render(block, context) : el("p", { className: "unknown" }, `(${block.type})`);
  });
}

const row = (block, context) =>
  el("div", { className: "b-actions" }, ...block.elements.map((one) => element(one, block, context)));

const BLOCKS = {
  header: (block) => el("h3", { className: "b-header" }, block.text.text),
  divider: () => el("hr"),
  section,
  context: (block, context) =>
    el("div", { className: "b-context" }, ...block.elements.map((piece) =>
      piece.type === "image" ? image(piece) : el("span", {}, ...text(piece, context.scene)),
    )),
  actions: row,
  context_actions: row,
  image: (block) =>
    el("figure", { className: "b-picture" },
      block.title && el("figcaption", {}, block.title.text), image(block, "b-large")),
  file: (block) =>
    el("p", { className: "b-file" }, el("span", { "aria-hidden": "true" }, "📄 "), `File ${block.external_id}`),
  rich_text: (block, context) => richText(block, context.scene),
  alert: (block, context) =>
    el("div", { className: `b-alert is-${block.level ?? "default"}`, role: "note" },
      ...text(block.text, context.scene)),
  markdown: (block) => markdown(block.text),
  table: (block, context) => table(block, context.scene),
  data_table: (block, context) => dataTable(block, context.scene),
  data_visualization: chart,
  card,
  carousel,
  container: (block, context) => container(block, context, blocks(block.child_blocks, context)),
  plan,
  task_card: task,
  video,
  input,
};

function section(block, context) {
  return el("div", { className: "b-section" },
    el("div", { className: "b-words" },
      block.text && el("div", {}, ...text(block.text, context.scene)),
      block.fields && el("div", { className: "b-fields" }, ...block.fields.map(
        (field) => el("div", {}, ...text(field, context.scene)),
      ))),
    block.accessory && element(block.accessory, block, context));
}

const element = (piece, block, context) =>
  pressed(piece, block, context) ?? control(piece, block, context);

function input(block, context) {
  const id = `${context.key}/${block.block_id}`;
  const made = control(block.element, block, context, id);
  const error = context.errors?.[block.block_id];
  const notes = [];
  if (block.hint) notes.push(el("p", { id: `${id}/hint`, className: "hint" }, block.hint.text));
  if (error) {
    notes.push(el("p", { id: `${id}/error`, className: "error" }, `⚠ ${error}`));
    made.setAttribute("aria-invalid", "true");
  }
  if (notes.length) made.setAttribute("aria-describedby", notes.map((note) => note.id).join(" "));
  const group = made.classList.contains("choices");
  if (group) made.setAttribute("aria-labelledby", `${id}/label`);
  else made.setAttribute("aria-required", String(!block.optional));
  const label = [block.label.text, block.optional ? el("small", {}, " (optional)") : null];
  return el("div", { className: error ? "b-input wrong" : "b-input" },
    el(group ? "span" : "label", { id: `${id}/label`, className: "label", htmlFor: id }, ...label),
    made, ...notes);
}
