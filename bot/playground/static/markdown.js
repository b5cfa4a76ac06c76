// Standard Markdown, as Slack's markdown block takes it: headings, lists, quotes, code, tables.

import { el, link } from "./dom.js";

const INLINE =
  /(`+)([\s\S]+?)\1|!?\[([^\]\n]+)\]\(([^()\s]+)\)|(\*\*|__)(?=\S)([\s\S]+?)(?<=\S)\5|(?<![\w*])([*_])(?=\S)([\s\S]+?)(?<=\S)\7(?![\w*])|~~(?=\S)([\s\S]+?)(?<=\S)~~|<(https?:\/\/[^<>\s]+)>|\\([\\`*_{}[\]()#+.!~>-])/g;

/** The elements of a Markdown text. */
export function markdown(source) {
  return el("div", { className: "b-markdown" }, ...parts(source.split("\n")));
}

const RULE = /^ {0,3}([-*_])( *\1){2,} *$/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const FENCE = /^ {0,3}(```+|~~~+)/;
const ITEM = /^( *)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const QUOTED = /^ {0,3}> ?/;
const TABLE_RULE = /^ *\|? *:?-+:? *(\| *:?-+:? *)*\|? *$/;

/** One kind of part after the other: each takes its lines from the front. */
function parts(lines) {
  const made = [];
  const rest = [...lines];
  while (rest.length) {
    const line = rest[0];
    if (!line.trim()) rest.shift();
    else if (FENCE.test(line)) made.push(fenced(rest));
    else if (HEADING.test(line)) made.push(heading(rest.shift()));
    else if (RULE.test(line)) { rest.shift(); made.push(el("hr")); }
    else if (QUOTED.test(line)) made.push(quoted(rest));
    else if (ITEM.test(line)) made.push(list(rest));
    else if (line.includes("|") && TABLE_RULE.test(rest[1] ?? "")) made.push(table(rest));
    else made.push(paragraph(rest));
  }
  return made;
}

/** The lines from the front for which it holds. */
function taken(rest, holds) {
  const end = rest.findIndex((line) => !holds(line));
  return rest.splice(0, end < 0 ? rest.length : end);
}

function fenced(rest) {
  const fence = FENCE.exec(rest.shift())[1];
  const inside = taken(rest, (line) => !line.trimStart().startsWith(fence));
  rest.shift();
  return el("pre", { tabIndex: 0 }, inside.join("\n"));
}

const heading = (line) => el("p", { className: "heading" }, ...inline(HEADING.exec(line)[2]));

const quoted = (rest) =>
  el("blockquote", {}, ...parts(taken(rest, (line) => QUOTED.test(line)).map((line) => line.replace(QUOTED, ""))));

const STARTS = [FENCE, HEADING, RULE, QUOTED, ITEM];

function paragraph(rest) {
  const first = rest.shift();
  const more = taken(rest, (line) => line.trim() && !STARTS.some((start) => start.test(line)));
  return el("p", {}, ...[first, ...more].flatMap((line, at) => [at ? el("br") : null, ...inline(line)]));
}

/** A list, and those within it by how far they are set in. */
function list(rest) {
  const [, margin, mark] = ITEM.exec(rest[0]);
  const own = margin.length;
  const items = [];
  while (rest.length && ITEM.test(rest[0])) {
    const [, indent, sign, words] = ITEM.exec(rest[0]);
    if (indent.length < own) break;
    if (indent.length > own + 1 && items.length) items.at(-1).append(list(rest));
    else if (/\d/.test(sign) !== /\d/.test(mark)) break;
    else {
      rest.shift();
      items.push(item(words));
    }
  }
  const made = el(/\d/.test(mark) ? "ol" : "ul", {}, ...items);
  if (/\d/.test(mark)) made.start = Number.parseInt(mark, 10);
  return made;
}

function item(words) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(words);
  if (!task) return el("li", {}, ...inline(words));
  const done = task[1] !== " ";
  return el("li", { className: "task" },
    el("span", { role: "img", "aria-label": done ? "done" : "to do" }, done ? "☑" : "☐"), " ",
    ...inline(task[2]));
}

function table(rest) {
  const rows = taken(rest, (line) => line.includes("|")).map(cells);
  const [head, rule, ...body] = rows;
  const aligned = (tag) => (words, at) =>
    el(tag, { className: alignment(rule[at] ?? "") }, ...inline(words));
  return el("div", { className: "b-table", tabIndex: 0 }, el("table", {},
    el("thead", {}, el("tr", {}, ...head.map(aligned("th")))),
    el("tbody", {}, ...body.map((row) => el("tr", {}, ...row.map(aligned("td")))))));
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());

const alignment = (rule) =>
  rule.endsWith(":") ? (rule.startsWith(":") ? "center" : "right") : "left";

function inline(words) {
  const nodes = [];
  let end = 0;
  for (const found of words.matchAll(INLINE)) {
    if (found.index > end) nodes.push(words.slice(end, found.index));
    end = found.index + found[0].length;
    const [, , code, label, address, , bold, , italic, struck, bare, escaped] = found;
    if (code !== undefined) nodes.push(el("code", {}, code));
    else if (address !== undefined) nodes.push(link(address, ...inline(label)));
    else if (bold !== undefined) nodes.push(el("strong", {}, ...inline(bold)));
    else if (italic !== undefined) nodes.push(el("em", {}, ...inline(italic)));
    else if (struck !== undefined) nodes.push(el("s", {}, ...inline(struck)));
    else if (bare !== undefined) nodes.push(link(bare));
    else nodes.push(escaped);
  }
  if (end < words.length) nodes.push(words.slice(end));
  return nodes;
}
