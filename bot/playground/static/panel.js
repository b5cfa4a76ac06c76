// The panel beside Slack: merge requests with their gates, and what may be done to them.

import { el, link } from "./dom.js";

const SIGNS = { success: "✓", failure: "✕", pending: "●" };

/** Show `panel` (none: hide it); `act` does what a button of it asks for. */
export function drawPanel(panel, act) {
  const place = document.getElementById("panel");
  place.hidden = !panel;
  document.querySelector('#tabs [data-pane="panel"]').hidden = !panel;
  document.body.classList.toggle("with-panel", Boolean(panel));
  if (!panel) return;
  place.replaceChildren(
    el("h2", {}, panel.title),
    el("p", { className: "links" }, ...(panel.links ?? []).map((one) => link(one.url, one.label))),
    buttonsOf(panel.buttons, "all", act),
    ...panel.items.map((item) =>
      el("section", { className: "change" },
        el("h3", {}, item.url ? link(item.url, item.title) : item.title),
        el("p", { className: `gate ${item.state}` },
          el("span", { "aria-hidden": "true" }, SIGNS[item.state] ?? "○"), ` ${item.state}`,
          item.detail ? el("span", { className: "detail" }, ` ${item.detail}`) : null),
        item.lines?.length ? el("ul", {}, ...item.lines.map((line) => el("li", {}, line))) : null,
        buttonsOf(item.buttons, item.title, act))));
}

function buttonsOf(buttons, key, act) {
  if (!buttons?.length) return null;
  return el("div", { className: "b-actions" }, ...buttons.map((button) =>
    el("button", {
      type: "button", className: button.style ?? "", "data-key": `panel/${key}/${button.label}`,
      onclick: (event) => {
        event.target.setAttribute("aria-busy", "true");
        act({ do: "panel", name: button.name, fields: button.fields ?? {} })
          .finally(() => event.target.removeAttribute("aria-busy"));
      },
    }, button.label)));
}
