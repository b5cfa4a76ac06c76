// Tables, tables of data in pages, and charts: the numbers of a chart stand beside it.

import { el } from "./dom.js";
import { richText } from "./rich_text.js";

const cell = (one, scene) =>
  one.type === "rich_text" ? richText(one, scene) : (one.text ?? String(one.value ?? ""));

/** A `table` block: the first row is the header, as Slack shows it. */
export function table(block, scene) {
  const setting = (at) => block.column_settings?.[at] ?? {};
  const shown = (tag) => (one, at) =>
    el(tag, { className: `${setting(at).align ?? "left"}${setting(at).is_wrapped ? " wrapped" : ""}` },
      cell(one, scene));
  const [head, ...body] = block.rows;
  return scrolling("Table",
    el("thead", {}, el("tr", {}, ...head.map(shown("th")))),
    el("tbody", {}, ...body.map((row) => el("tr", {}, ...row.map(shown("td"))))));
}

const scrolling = (label, ...inside) =>
  el("div", { className: "b-table", tabIndex: 0, role: "group", "aria-label": label }, el("table", {}, ...inside));

/** A `data_table` block: sorted by a click on a column's head, turned page by page. */
export function dataTable(block, scene) {
  const [head, ...rows] = block.rows;
  const size = block.page_size ?? 5;
  const byRow = block.row_header_column_index ?? 0;
  const state = { page: 0, column: null, down: false };
  const box = el("div", { className: "b-data" });
  const pages = Math.ceil(rows.length / size);

  const value = (one) => one.value ?? one.text ?? "";
  const compare = (a, b) => {
    const [left, right] = [value(a[state.column]), value(b[state.column])];
    const order = typeof left === "number" && typeof right === "number"
      ? left - right : String(left).localeCompare(String(right));
    return state.down ? -order : order;
  };
  const sort = (at) => {
    state.down = state.column === at && !state.down;
    Object.assign(state, { column: at, page: 0 });
    draw();
  };
  const column = (one, at) =>
    el("th", { scope: "col", "aria-sort": state.column === at ? (state.down ? "descending" : "ascending") : null },
      el("button", { type: "button", className: "quiet", onclick: () => sort(at) },
        cell(one, scene), state.column === at ? (state.down ? " ↓" : " ↑") : ""));
  const turn = (by) => el("button", {
    type: "button", disabled: !(state.page + by in [...Array(pages)]),
    onclick: () => { state.page += by; draw(); },
  }, by < 0 ? "Previous" : "Next");

  const draw = () => {
    const sorted = state.column === null ? rows : [...rows].sort(compare);
    const page = sorted.slice(state.page * size, (state.page + 1) * size);
    box.replaceChildren(
      scrolling(block.caption,
        el("caption", {}, block.caption),
        el("thead", {}, el("tr", {}, ...head.map(column))),
        el("tbody", {}, ...page.map((row) => el("tr", {}, ...row.map((one, at) =>
          el(at === byRow ? "th" : "td", {
            scope: at === byRow ? "row" : null, className: one.type === "raw_number" ? "right" : "left",
          }, cell(one, scene))))))),
      ...(pages > 1 ? [el("p", { className: "pages" }, turn(-1), `${state.page + 1} of ${pages}`, turn(1))] : []));
  };
  draw();
  return box;
}

/** A `data_visualization` block, as bars: every number is written behind its own. */
export function chart(block) {
  const drawn = block.chart;
  const pie = drawn.type === "pie";
  const series = pie ? [{ data: drawn.segments }] : drawn.series;
  const axes = drawn.axis_config ?? {};
  const top = Math.max(1, ...series.flatMap((one) => one.data.map((point) => point.value)));
  const whole = series[0].data.reduce((sum, point) => sum + point.value, 0);
  const said = (point) =>
    pie && whole ? `${point.value} (${Math.round((100 * point.value) / whole)} %)` : String(point.value);
  const row = (one, index) => (point, at) =>
    el("tr", {},
      el("th", { scope: "row" }, point.label),
      series.length > 1 ? el("td", {}, one.name) : null,
      el("td", { className: "bar" }, bar(point.value / (pie ? whole || 1 : top), pie ? at : index)),
      el("td", { className: "right" }, said(point)));
  return el("figure", { className: "b-chart" },
    el("figcaption", {}, block.title),
    axes.y_label ? el("p", { className: "faint" }, `${axes.y_label}${axes.x_label ? ` by ${axes.x_label}` : ""}`) : null,
    scrolling(block.title, el("tbody", {}, ...series.flatMap((one, index) => one.data.map(row(one, index))))));
}

function bar(share, index) {
  const made = el("span", { className: `fill hue-${index % 6}`, "aria-hidden": "true" });
  made.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
  return made;
}
