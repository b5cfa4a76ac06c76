// Completing slash commands while they are typed: arrows choose, Enter or Tab takes, Escape leaves.

import { el } from "./dom.js";

/** Offer `commands()` ({line, says}) below `input` in `box` as long as a slash command is typed. */
export function complete(input, box, commands) {
  let offered = [];
  let chosen = -1;

  const show = (found) => {
    offered = found;
    chosen = -1;
    box.hidden = !offered.length;
    input.setAttribute("aria-expanded", String(!box.hidden));
    input.removeAttribute("aria-activedescendant");
    box.replaceChildren(...offered.map((command, index) =>
      el("li", { id: `offer-${index}`, role: "option", "aria-selected": "false",
        onmousedown: (event) => { event.preventDefault(); take(command); } },
        el("strong", {}, command.line), ` ${command.says}`)));
  };

  const choose = (index) => {
    chosen = (index + offered.length) % offered.length;
    [...box.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
    input.setAttribute("aria-activedescendant", `offer-${chosen}`);
    box.children[chosen].scrollIntoView({ block: "nearest" });
  };

  const take = (command) => {
    input.value = `${command.line} `;
    show([]);
    input.focus();
  };

  input.addEventListener("input", () => {
    const typed = input.value.toLowerCase();
    show(typed.startsWith("/") ? commands().filter((one) => one.line.startsWith(typed)) : []);
  });
  input.addEventListener("blur", () => show([]));
  input.addEventListener("keydown", (event) => {
    if (box.hidden) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? -1 : chosen - 1);
    else if (event.key === "Escape") show([]);
    else if (event.key === "Tab" || (event.key === "Enter" && chosen >= 0)) take(offered[Math.max(chosen, 0)]);
    else return;
    event.preventDefault();
  });
}
