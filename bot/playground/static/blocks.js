// Block Kit as elements: what stands in a message, a modal or the Home tab.

import { el, link } from "./dom.js";
import { mrkdwn, text } from "./mrkdwn.js";
import { richText } from "./rich_text.js";

const TYPES = { number_input: "number", email_text_input: "email", url_text_input: "url" };

/**
 * The elements of some blocks.
 *
 * `context` holds the `scene`, `act(action, option)` for clicks, `confirm(dialog)`, a `key` that
 * tells this place from others, and for modals `errors` and what is already `entered`.
 */
export function blocks(list, context) {
  return list.map((block) => {
    const render = BLOCKS[block.type];
    return render ? render(block, context) : el("p", { className: "unknown" }, `(${block.type})`);
  });
}

const BLOCKS = {
  header: (block) => el("h3", { className: "b-header" }, block.text.text),
  divider: () => el("hr"),
  section: (block, context) =>
    el(
      "div",
      { className: "b-section" },
      el(
        "div",
        { className: "b-words" },
        block.text && el("div", {}, ...text(block.text, context.scene)),
        block.fields && el("div", { className: "b-fields" }, ...block.fields.map(
          (field) => el("div", {}, ...text(field, context.scene)),
        )),
      ),
      block.accessory && element(block.accessory, block, context),
    ),
  context: (block, context) =>
    el("div", { className: "b-context" }, ...block.elements.map((piece) =>
      piece.type === "image" ? image(piece) : el("span", {}, ...text(piece, context.scene)),
    )),
  actions: (block, context) =>
    el("div", { className: "b-actions" }, ...block.elements.map((e) => element(e, block, context))),
  image: (block) =>
    el("figure", { className: "b-picture" },
      block.title && el("figcaption", {}, block.title.text), image(block)),
  rich_text: (block, context) => richText(block, context.scene),
  context_actions: (block, context) =>
    el("div", { className: "b-actions" }, ...block.elements.map((e) => element(e, block, context))),
  alert: (block, context) =>
    el("div", { className: `b-alert ${block.level ?? "default"}`, role: "note" },
      ...text(block.text, context.scene)),
  markdown: (block, context) => el("div", {}, ...mrkdwn(block.text, context.scene)),
  table: (block) =>
    el("div", { className: "b-table" }, el("table", {}, ...block.rows.map((row, index) =>
      el("tr", {}, ...row.map((cell) => el(index ? "td" : "th", {}, cell.text ?? "")))))),
  input,
};

// Nothing is fetched from elsewhere: an image is shown by what it says it shows.
const image = (piece) =>
  el("span", { className: "b-image", role: "img", "aria-label": piece.alt_text }, `🖼 ${piece.alt_text}`);

function element(piece, block, context) {
  switch (piece.type) {
    case "button": return button(piece, block, context);
    case "overflow": return overflow(piece, block, context);
    case "image": return image(piece);
    default: return control(piece, block, context);
  }
}

/** Names of actions may repeat from block to block, those of blocks do not. */
const nameOf = (piece, block) =>
  block.type === "actions" ? piece.action_id : block.block_id;

function button(piece, block, context) {
  const props = {
    className: piece.style ?? "",
    "data-key": `${context.key}/${piece.action_id}/${piece.value ?? ""}`,
    "aria-label": piece.accessibility_label,
  };
  const press = async (event) => {
    if (piece.confirm && !(await context.confirm(piece.confirm))) return;
    await context.act(nameOf(piece, block), piece.value, event.target);
  };
  if (piece.url) {
    const opened = link(piece.url, piece.text.text);
    opened.classList.add("button");
    opened.addEventListener("click", press);
    return opened;
  }
  const made = el("button", { type: "button", ...props }, piece.text.text);
  made.addEventListener("click", press);
  return made;
}

function overflow(piece, block, context) {
  const menu = el("details", { className: "menu" },
    el("summary", { "aria-label": "More", "data-key": `${context.key}/${piece.action_id}` }, "⋯"));
  menu.append(el("div", {}, ...piece.options.map((option) => {
    const item = option.url
      ? link(option.url, option.text.text)
      : el("button", { type: "button" }, option.text.text);
    item.addEventListener("click", async (event) => {
      menu.open = false;
      if (piece.confirm && !(await context.confirm(piece.confirm))) return;
      await context.act(nameOf(piece, block), option.value, event.target);
    });
    return item;
  })));
  return menu;
}

/** A control that holds a value; outside an input block its change is a click. */
function control(piece, block, context, id) {
  const name = nameOf(piece, block);
  const entered = context.entered?.[name];
  const made = CONTROLS[piece.type]?.(piece, context, entered, id);
  if (!made) return el("p", { className: "unknown" }, `(${piece.type})`);
  made.dataset.input = name;
  made.dataset.key = `${context.key}/${name}`;
  made.dataset.kind = piece.type;
  if (!id || block.dispatch_action) {
    if (!made.getAttribute("aria-label") && !id)
      made.setAttribute("aria-label", piece.placeholder?.text ?? "Choose");
    made.addEventListener("change", async () => {
      if (piece.confirm && !(await context.confirm(piece.confirm))) return;
      await context.act(name, valueOf(made), made);
    });
  }
  return made;
}

const CONTROLS = {
  plain_text_input: (piece, context, entered, id) =>
    el(piece.multiline ? "textarea" : "input", {
      id, value: entered ?? piece.initial_value ?? "", rows: piece.multiline ? 4 : undefined,
      placeholder: piece.placeholder?.text ?? "", maxLength: piece.max_length ?? 3000,
    }),
  number_input: typed,
  email_text_input: typed,
  url_text_input: typed,
  static_select: (piece, context, entered, id) =>
    select(piece, id, [entered ?? piece.initial_option?.value]),
  multi_static_select: (piece, context, entered, id) =>
    select(piece, id, entered ?? piece.initial_options?.map((o) => o.value) ?? []),
  users_select: (piece, context, entered, id) =>
    select({ ...piece, options: people(context) }, id, [entered ?? piece.initial_user]),
  multi_users_select: (piece, context, entered, id) =>
    select({ ...piece, options: people(context) }, id, entered ?? piece.initial_users ?? []),
  channels_select: (piece, context, entered, id) =>
    select({ ...piece, options: channels(context) }, id, [entered ?? piece.initial_channel]),
  conversations_select: (piece, context, entered, id) =>
    select({ ...piece, options: [...channels(context), ...people(context)] }, id,
      [entered ?? piece.initial_conversation]),
  radio_buttons: (piece, context, entered, id) =>
    choices(piece, id, "radio", [entered ?? piece.initial_option?.value], context),
  checkboxes: (piece, context, entered, id) =>
    choices(piece, id, "checkbox", entered ?? piece.initial_options?.map((o) => o.value) ?? [], context),
  datepicker: (piece, context, entered, id) =>
    el("input", { id, type: "date", value: entered ?? piece.initial_date ?? "" }),
  timepicker: (piece, context, entered, id) =>
    el("input", { id, type: "time", value: entered ?? piece.initial_time ?? "" }),
};

const choice = (name, value) => ({ text: { text: name }, value });
const people = (context) => context.scene.people.map((p) => choice(p.name, p.id));
const channels = (context) =>
  context.scene.places.filter((p) => p.name.startsWith("#")).map((p) => choice(p.name, p.id));

function typed(piece, context, entered, id) {
  return el("input", {
    id, type: TYPES[piece.type], value: entered ?? piece.initial_value ?? "",
    placeholder: piece.placeholder?.text ?? "",
    step: piece.is_decimal_allowed ? "any" : undefined,
  });
}

function select(piece, id, chosen) {
  const option = (o) =>
    el("option", { value: o.value, selected: chosen.includes(o.value) }, o.text.text);
  const several = piece.type.startsWith("multi_");
  return el("select", { id, multiple: several },
    several ? null : el("option", { value: "" }, piece.placeholder?.text ?? "Choose…"),
    ...(piece.options ?? []).map(option),
    ...(piece.option_groups ?? []).map((group) =>
      el("optgroup", { label: group.label.text }, ...group.options.map(option))),
  );
}

function choices(piece, id, type, chosen, context) {
  return el("div", { id, className: "choices", role: type === "radio" ? "radiogroup" : "group" },
    ...piece.options.map((option) =>
      el("label", {},
        el("input", {
          type, name: `${context.key}/${piece.action_id}`, value: option.value,
          "data-key": `${id ?? context.key}/${piece.action_id}/${option.value}`,
          checked: chosen.includes(option.value),
        }),
        el("span", {}, ...text(option.text, context.scene),
          option.description && el("small", {}, ...text(option.description, context.scene))),
      )),
  );
}

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
  made.setAttribute("aria-required", String(!block.optional));
  const label = [block.label.text, block.optional ? el("small", {}, " (optional)") : null];
  const group = made.classList.contains("choices");
  if (group) made.setAttribute("aria-labelledby", `${id}/label`);
  return el("div", { className: error ? "b-input wrong" : "b-input" },
    el(group ? "span" : "label", { id: `${id}/label`, className: "label", htmlFor: id }, ...label),
    made, ...notes);
}

/** What stands in a control: a text, or a list where several can be chosen. */
export function valueOf(made) {
  const several = made.dataset.kind === "checkboxes" || made.multiple;
  const chosen = made.classList.contains("choices")
    ? [...made.querySelectorAll("input:checked")].map((box) => box.value)
    : [...(made.selectedOptions ?? [{ value: made.value }])].map((option) => option.value);
  return several ? chosen : (chosen[0] ?? "");
}

/** All that is entered below `root`, by the block's id, or the action's in a row of them. */
export function entered(root) {
  const controls = [...root.querySelectorAll("[data-input]")];
  return Object.fromEntries(controls.map((made) => [made.dataset.input, valueOf(made)]));
}
