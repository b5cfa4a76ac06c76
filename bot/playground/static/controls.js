// Controls that hold a value: inputs, selects, pickers, boxes to tick.

import { el } from "./dom.js";
import { nameOf } from "./elements.js";
import { momentOf, onTheWall } from "./moments.js";
import { text } from "./mrkdwn.js";
import { plainText } from "./rich_text.js";

// A number is typed as text, so that what is none can be complained of.
const KINDS = { number_input: "text", email_text_input: "email", url_text_input: "url" };

/** A control; outside an input block, and in one that dispatches, its change is a click. */
export function control(piece, block, context, id) {
  const name = nameOf(piece, block);
  const made = CONTROLS[piece.type]?.({ ...piece, name }, context, context.entered?.[name], id);
  if (!made) return el("p", { className: "unknown" }, `(${piece.type})`);
  made.dataset.input = name;
  made.dataset.kind = piece.type;
  made.dataset.key = `${context.key}/${name}`;
  if (!id) {
    if (!made.getAttribute("aria-label"))
      made.setAttribute("aria-label", piece.placeholder?.text ?? SAID[piece.type] ?? "Choose");
  }
  if (!id || block.dispatch_action) dispatch(made, piece, name, context);
  return made;
}

const SAID = { datepicker: "Choose a date", timepicker: "Choose a time", datetimepicker: "Choose a moment" };

/** Tell the app of a change; of letters as they are typed only where it asked for that. */
function dispatch(made, piece, name, context) {
  const send = async () => {
    if (piece.confirm && !(await context.confirm(piece.confirm))) return;
    await context.act(name, valueOf(made), made);
  };
  const typed = piece.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  if (!(piece.type in KINDS) && piece.type !== "plain_text_input") {
    made.addEventListener("change", (event) => {
      // What is typed to search for is no choice, and a file counts once it was sent.
      if (!event.target.dataset.search && event.target.type !== "file") send();
    });
    return;
  }
  if (typed.includes("on_character_entered")) made.addEventListener("input", send);
  if (typed.includes("on_enter_pressed"))
    made.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      send();
    });
}

const CONTROLS = {
  plain_text_input: (piece, context, entered, id) =>
    el(piece.multiline ? "textarea" : "input", {
      id, value: entered ?? piece.initial_value ?? "", rows: piece.multiline ? 4 : undefined,
      placeholder: piece.placeholder?.text ?? "", maxLength: piece.max_length ?? 3000,
    }),
  rich_text_input: (piece, context, entered, id) =>
    el("textarea", {
      id, value: entered ?? plainText(piece.initial_value), rows: piece.min_lines ?? 4,
      placeholder: piece.placeholder?.text ?? "", maxLength: 3000,
    }),
  number_input: typed,
  email_text_input: typed,
  url_text_input: typed,
  file_input: files,
  static_select: (piece, context, entered, id) =>
    select(piece, id, entered ?? piece.initial_option?.value),
  external_select: (piece, context, entered, id) =>
    external(piece, id, [entered ?? piece.initial_option?.value], context),
  users_select: (piece, context, entered, id) =>
    select({ ...piece, options: people(context) }, id, entered ?? piece.initial_user),
  channels_select: (piece, context, entered, id) =>
    select({ ...piece, options: channels(context) }, id, entered ?? piece.initial_channel),
  conversations_select: (piece, context, entered, id) =>
    select({ ...piece, options: conversations(piece, context) }, id,
      entered ?? piece.initial_conversation ?? here(piece, context)),
  multi_static_select: (piece, context, entered, id) =>
    several(piece, id, entered ?? values(piece.initial_options), context),
  multi_external_select: (piece, context, entered, id) =>
    external(piece, id, entered ?? values(piece.initial_options), context),
  multi_users_select: (piece, context, entered, id) =>
    several({ ...piece, options: people(context) }, id, entered ?? piece.initial_users, context),
  multi_channels_select: (piece, context, entered, id) =>
    several({ ...piece, options: channels(context) }, id, entered ?? piece.initial_channels, context),
  multi_conversations_select: (piece, context, entered, id) =>
    several({ ...piece, options: conversations(piece, context) }, id,
      entered ?? piece.initial_conversations ?? [here(piece, context)], context),
  radio_buttons: (piece, context, entered, id) =>
    choices(piece, id, "radio", [entered ?? piece.initial_option?.value], context),
  checkboxes: (piece, context, entered, id) =>
    choices(piece, id, "checkbox", entered ?? values(piece.initial_options), context),
  datepicker: (piece, context, entered, id) =>
    el("input", { id, type: "date", value: entered ?? piece.initial_date ?? "" }),
  timepicker: (piece, context, entered, id) =>
    el("input", { id, type: "time", value: entered ?? piece.initial_time ?? "" }),
  datetimepicker: (piece, context, entered, id) => {
    const { timezone } = context.scene;
    const moment = entered ?? piece.initial_date_time;
    return el("input", {
      id, type: "datetime-local", value: moment ? onTheWall(Number(moment), timezone) : "",
      "data-timezone": timezone,
    });
  },
};

const values = (options) => options?.map((option) => option.value) ?? [];
const choice = (name, value) => ({ text: { text: name }, value });
const people = (context) => context.scene.people.map((p) => choice(p.name, p.id));
const channels = (context) =>
  context.scene.places.filter((p) => p.name.startsWith("#")).map((p) => choice(p.name, p.id));

function conversations(piece, context) {
  const wanted = piece.filter?.include;
  return [
    ...(!wanted || wanted.includes("public") || wanted.includes("private") ? channels(context) : []),
    ...(!wanted || wanted.includes("im") ? people(context) : []),
  ];
}

const here = (piece, context) =>
  piece.default_to_current_conversation ? context.scene.here : undefined;

function typed(piece, context, entered, id) {
  return el("input", {
    id, type: KINDS[piece.type], value: entered ?? piece.initial_value ?? "",
    placeholder: piece.placeholder?.text ?? "",
    inputMode: piece.type === "number_input" ? "decimal" : undefined,
  });
}

function select(piece, id, chosen) {
  const option = (o) =>
    el("option", { value: o.value, selected: o.value === chosen }, o.text.text);
  return el("select", { id },
    el("option", { value: "" }, piece.placeholder?.text ?? "Choose…"),
    ...(piece.options ?? []).map(option),
    ...(piece.option_groups ?? []).map((group) =>
      el("optgroup", { label: group.label.text }, ...group.options.map(option))));
}

/** Where several can be chosen, boxes to tick: they need no modifier keys. */
function several(piece, id, chosen, context) {
  const groups = piece.option_groups ?? [{ options: piece.options ?? [] }];
  return el("div", { id, className: "choices several", role: "group", tabIndex: -1 },
    ...groups.flatMap((group) => [
      group.label && el("p", { className: "faint" }, group.label.text),
      ...boxes(piece, group.options, "checkbox", chosen ?? [], context),
    ]));
}

function choices(piece, id, type, chosen, context) {
  const role = type === "radio" ? "radiogroup" : "group";
  return el("div", { id, className: "choices", role },
    ...boxes(piece, piece.options, type, chosen, context));
}

const boxes = (piece, options, type, chosen, context) =>
  options.map((option) =>
    el("label", {},
      el("input", {
        type, name: `${context.key}/${piece.name}`, value: option.value,
        "data-key": `${context.key}/${piece.name}/${option.value}`,
        checked: chosen.includes(option.value),
      }),
      el("span", {}, ...text(option.text, context.scene),
        option.description && el("small", {}, ...text(option.description, context.scene)))));

/** A select whose options the app suggests while somebody types. */
function external(piece, id, chosen, context) {
  const many = piece.type.startsWith("multi_");
  const known = new Map();
  for (const option of piece.initial_options ?? (piece.initial_option ? [piece.initial_option] : []))
    known.set(option.value, option);
  const offers = el("div", {});
  const draw = (options, wanted) => {
    for (const option of options) known.set(option.value, option);
    const listed = [...new Set([...wanted.filter((value) => known.has(value)), ...values(options)])];
    offers.replaceChildren(...boxes(piece, listed.map((value) => known.get(value)),
      many ? "checkbox" : "radio", wanted, context));
  };
  const search = el("input", {
    type: "search", placeholder: piece.placeholder?.text ?? "Type to search",
    "aria-label": piece.placeholder?.text ?? "Type to search", "data-search": piece.name,
    "data-key": `${context.key}/${piece.name}/search`,
  });
  const made = el("div", { id, className: "choices external", role: "group" }, search, offers);
  search.addEventListener("input", async () => {
    if (search.value.length < (piece.min_query_length ?? 3)) return;
    draw(await context.suggest(piece.name, search.value), valuesIn(made));
  });
  draw([...(context.suggested?.get(piece.name) ?? [])], chosen.filter(Boolean));
  return made;
}

/** Files are sent as soon as they are chosen; the control holds their ids. */
function files(piece, context, entered, id) {
  const made = el("div", { className: "files" });
  const input = el("input", {
    id, type: "file", multiple: (piece.max_files ?? 10) > 1,
    accept: piece.filetypes?.map((ending) => `.${ending}`).join(",") ?? "",
  });
  const hold = (held) => {
    made.dataset.files = JSON.stringify(held);
    made.replaceChildren(input, el("ul", {}, ...held.map((file) =>
      el("li", {}, context.names.get(file) ?? file, " ", el("button", {
        type: "button", className: "quiet", "aria-label": `Remove ${context.names.get(file) ?? file}`,
        onclick: () => hold(held.filter((other) => other !== file)),
      }, "✕")))));
  };
  input.addEventListener("change", async () => {
    const sent = await Promise.all([...input.files].map(context.upload));
    input.value = "";
    hold([...JSON.parse(made.dataset.files), ...sent.filter(Boolean)].slice(0, piece.max_files ?? 10));
    made.dispatchEvent(new Event("change"));
  });
  hold(entered ?? []);
  return made;
}

const valuesIn = (made) =>
  [...made.querySelectorAll("input:checked")].map((box) => box.value);

/** What stands in a control: a text, or a list where several can be chosen. */
export function valueOf(made) {
  const { kind, timezone } = made.dataset;
  if (kind === "file_input") return JSON.parse(made.dataset.files ?? "[]");
  if (kind === "datetimepicker") return momentOf(made.value, timezone);
  if (!made.classList.contains("choices")) return made.value;
  const chosen = valuesIn(made);
  return kind === "checkboxes" || kind.startsWith("multi_") ? chosen : (chosen[0] ?? "");
}

/** All that is entered below `root`, by the block's id, or the action's in a row of them. */
export function entered(root) {
  const controls = [...root.querySelectorAll("[data-input]")];
  return Object.fromEntries(controls.map((made) => [made.dataset.input, valueOf(made)]));
}
