// Slack's markup as nodes: emphasis, code, quotes, links, mentions, dates and a few emoji.

import { el, link } from "./dom.js";

const INLINE =
  /`([^`\n]+)`|<([^<>\n]+)>|(?<![\w*])\*(?=\S)([^\n]+?)(?<=\S)\*(?![\w*])|(?<!\w)_(?=\S)([^\n]+?)(?<=\S)_(?!\w)|(?<!\w)~(?=\S)([^\n]+?)(?<=\S)~(?!\w)|:([a-z0-9_+-]+):/g;

const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", no_entry: "⛔", warning: "⚠️",
  rotating_light: "🚨", hourglass: "⌛", hourglass_flowing_sand: "⏳", alarm_clock: "⏰",
  robot_face: "🤖", eyes: "👀", mag: "🔍", memo: "📝", pencil2: "✏️", lock: "🔒", key: "🔑",
  bell: "🔔", zzz: "💤", speech_balloon: "💬", tada: "🎉", sparkles: "✨", shield: "🛡️",
  arrows_counterclockwise: "🔄", red_circle: "🔴", large_orange_circle: "🟠",
  large_yellow_circle: "🟡", large_green_circle: "🟢", white_circle: "⚪", wave: "👋",
  palm_tree: "🌴", raising_hand: "🙋", thumbsup: "👍", "+1": "👍", calendar: "📅",
};

/** An emoji by its name; one that is not known here keeps its name. */
export const emoji = (name) => EMOJI[name] ?? `:${name}:`;

const unescape = (text) =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** The nodes of a mrkdwn text. `scene` gives names, the reader's time zone and the hour. */
export function mrkdwn(text, scene) {
  const parts = text.split(/```\n?([\s\S]*?)```\n?/);
  return parts.flatMap((part, index) =>
    index % 2 ? [el("pre", { tabIndex: 0 }, unescape(part))] : lines(part, scene),
  );
}

/** The nodes of a text object, `plain_text` or `mrkdwn`. */
export function text(object, scene) {
  return object.type === "mrkdwn" ? mrkdwn(object.text, scene) : [object.text];
}

function lines(part, scene) {
  const nodes = [];
  let quote = null;
  part.split("\n").forEach((line, index) => {
    const quoted = /^(?:&gt;|>) ?/.exec(line);
    const target = quoted ? (quote ??= el("blockquote")) : null;
    if (target) {
      if (target.hasChildNodes()) target.append(el("br"));
      else nodes.push(target);
      target.append(...inline(line.slice(quoted[0].length), scene));
      return;
    }
    if (index && !quote) nodes.push(el("br"));
    quote = null;
    nodes.push(...inline(line, scene));
  });
  return nodes;
}

function inline(line, scene) {
  const nodes = [];
  let end = 0;
  for (const found of line.matchAll(INLINE)) {
    if (found.index > end) nodes.push(unescape(line.slice(end, found.index)));
    end = found.index + found[0].length;
    const [, code, angled, bold, italic, struck, name] = found;
    if (code !== undefined) nodes.push(el("code", {}, unescape(code)));
    else if (angled !== undefined) nodes.push(angle(angled, scene));
    else if (bold !== undefined) nodes.push(el("strong", {}, ...inline(bold, scene)));
    else if (italic !== undefined) nodes.push(el("em", {}, ...inline(italic, scene)));
    else if (struck !== undefined) nodes.push(el("s", {}, ...inline(struck, scene)));
    else nodes.push(emoji(name));
  }
  if (end < line.length) nodes.push(unescape(line.slice(end)));
  return nodes;
}

function angle(inside, scene) {
  const [target, ...rest] = inside.split("|");
  const label = rest.length ? unescape(rest.join("|")) : null;
  if (target[0] === "@" || target[0] === "#") {
    const name = scene.names[target.slice(1)] ?? label ?? target.slice(1);
    return el("span", { className: "mention" }, target[0] + name);
  }
  if (target.startsWith("!date^")) return date(target, label, scene);
  if (target[0] === "!") return el("span", { className: "mention" }, label ?? `@${target.slice(1)}`);
  return link(unescape(target), label ?? unescape(target));
}

/** `<!date^unix^{date_short} at {time}|fallback>`, in the reader's own zone. */
function date(target, fallback, scene) {
  const [, seconds, format, address] = target.split("^");
  const moment = new Date(Number(seconds) * 1000);
  if (!format || Number.isNaN(moment.getTime())) return el("span", {}, fallback ?? "");
  const time = el("time", { dateTime: moment.toISOString(), title: fallback },
    dateWords(format, moment, scene));
  return address ? link(address, time) : time;
}

/** A moment in the words of a format such as `{date_short} at {time}`, in the reader's own zone. */
export const dateWords = (format, moment, scene) =>
  format.replace(/\{(\w+)\}/g, (whole, token) => dateToken(token, moment, scene) ?? whole);

function dateToken(token, moment, scene) {
  const show = (options) =>
    new Intl.DateTimeFormat("en-GB", { timeZone: scene.timezone, ...options }).format(moment);
  const [kind, pretty] = token.endsWith("_pretty") ? [token.slice(0, -7), true] : [token, false];
  const near = pretty ? nearDay(moment, scene) : null;
  switch (kind) {
    case "time": return show({ hour: "2-digit", minute: "2-digit" });
    case "time_secs": return show({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
    case "date_num": return show({ year: "numeric", month: "2-digit", day: "2-digit" });
    case "date_short": return near ?? show({ day: "numeric", month: "short", year: "numeric" });
    case "date": return near ?? show({ day: "numeric", month: "long", year: "numeric" });
    case "date_long":
      return near ?? show({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
    case "ago": return ago(moment, scene);
    default: return null;
  }
}

function nearDay(moment, scene) {
  const day = (seconds) =>
    new Intl.DateTimeFormat("en-CA", { timeZone: scene.timezone }).format(seconds * 1000);
  const wanted = day(moment.getTime() / 1000);
  const words = { yesterday: -86400, today: 0, tomorrow: 86400 };
  return Object.keys(words).find((word) => day(scene.now + words[word]) === wanted) ?? null;
}

function ago(moment, scene) {
  const minutes = Math.round((moment.getTime() / 1000 - scene.now) / 60);
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (Math.abs(minutes) < 60) return words.format(minutes, "minute");
  if (Math.abs(minutes) < 2880) return words.format(Math.round(minutes / 60), "hour");
  return words.format(Math.round(minutes / 1440), "day");
}
