// Making elements: text only ever enters the page as text, addresses only when they are http(s).

/** An element with properties ("data-…", "aria-…" and "role" as attributes) and children. */
export function el(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** A link that opens elsewhere, or plain text when the address is not one to follow. */
export function link(address, ...children) {
  let safe = null;
  try {
    const url = new URL(address);
    if (url.protocol === "http:" || url.protocol === "https:") safe = url.href;
  } catch {
    // Not an address at all: it stays text.
  }
  const shown = children.length ? children : [address];
  if (safe === null) return el("span", {}, ...shown);
  return el("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, ...shown);
}
