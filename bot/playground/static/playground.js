// The playground's page: fetch what one person sees, show it, and do what they do.

import { blocks } from "./blocks.js";
import { complete } from "./completion.js";
import { askToConfirm } from "./confirming.js";
import { entered } from "./controls.js";
import { el, link } from "./dom.js";
import { openMenus } from "./menus.js";
import { mrkdwn } from "./mrkdwn.js";
import { drawPanel } from "./panel.js";

const token = document.querySelector('meta[name="playground-token"]').content;
const $ = (id) => document.getElementById(id);

const choice = { person: "", place: decodeURIComponent(location.hash.slice(1)) };
const seen = new Map(); // "person/place" → the ts of the newest message they have had before them
const drafts = new Map(); // ts of a message → the reply to it that somebody has begun
const uploads = new Map(); // id of a file that was sent from here → its name
const suggested = new Map(); // place → what the app last suggested for each external select there
const shown = new Map(); // region → JSON of what it shows, so that only changes are drawn
let scene = null;
let wrote = false; // whoever wrote something wants to see it, and what is answered

// Talking with the server

async function ask(path, options = {}) {
  const headers = { "X-Playground-Token": token, "Content-Type": "application/json" };
  const response = await fetch(`/playground/${path}`, { ...options, headers });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

async function act(wish) {
  try {
    const body = JSON.stringify({ as: choice.person, ...wish });
    const answer = await ask("act", { method: "POST", body });
    if (answer.note) tell(answer.note, !answer.ok);
  } catch (problem) {
    tell(`The playground did not take that: ${problem.message}`, true);
  }
  await refresh();
}

let fetching = false;
let stale = false;
async function refresh() {
  stale = true;
  if (fetching) return;
  fetching = true;
  try {
    while (stale) {
      stale = false;
      const { person, place } = choice;
      const found = await ask(`state?${new URLSearchParams({ as: person, in: place })}`);
      if (choice.person !== person || choice.place !== place) {
        stale = true; // they turned elsewhere meanwhile: this is not what they want to see
        continue;
      }
      scene = found;
      Object.assign(choice, { person: scene.me, place: scene.here });
      draw();
    }
  } catch (problem) {
    tell(`The playground does not answer: ${problem.message}`, true);
  } finally {
    fetching = false;
  }
}

function tell(sentence, wrong = false) {
  $("note").textContent = sentence;
  $("note").className = wrong ? "wrong" : "";
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => ($("note").textContent = ""), 8000);
}

// Drawing

const keyedAs = (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]`);

/** Draw a region if what it shows has changed, keeping the focus where it was and menus open. */
function region(name, content, render) {
  const now = JSON.stringify(content ?? null);
  if (shown.get(name) === now) return;
  shown.set(name, now);
  const key = document.activeElement?.dataset?.key;
  const open = openMenus().map((menu) => menu.querySelector("summary").dataset.key);
  render();
  for (const one of open) keyedAs(one)?.parentElement.setAttribute("open", "");
  if (key) keyedAs(key)?.focus();
}

// What is pressed stays until it is let go: a button that is drawn anew in between hears no click.
let pressing = false;
const letGo = () => {
  if (!pressing) return;
  pressing = false;
  setTimeout(() => scene && draw()); // after the click, which follows at once
};
document.addEventListener("pointerdown", (event) => { pressing = event.button === 0; }, true);
document.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.tagName === "BUTTON") pressing = true;
}, true);
for (const end of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(end, letGo, true);
window.addEventListener("blur", letGo);

function draw() {
  if (pressing || !scene.people.length) return;
  const place = scene.places.find((p) => p.id === scene.here);
  seen.set(`${scene.me}/${scene.here}`, place.news);
  const me = scene.people.find((p) => p.id === scene.me);
  $("title").textContent = place.name.startsWith("#") ? place.name : `Countersign · ${place.name}`;
  $("viewer").textContent = `as ${me.name}`;
  $("composer").hidden = scene.here === "home";
  $("text").placeholder = place.name.startsWith("#")
    ? `Message ${place.name}, or /review` : "Message Countersign, or /review";
  document.title = `${place.name} · Countersign playground`;
  region("people", [scene.people, scene.me, unreadPeople()], drawPeople);
  region("places", [scene.places, scene.here, unreadPlaces()], drawPlaces);
  region("messages",
    [scene.me, scene.here, scene.messages, scene.home, scene.names, [...drafts.keys()]], drawMessages);
  region("modal", scene.modal && [scene.me, scene.modal], drawModal);
  region("panel", scene.panel, () => drawPanel(scene.panel, act));
}

const isNews = (person, place, news) => news > (seen.get(`${person}/${place}`) ?? "");
const direct = (person) => `D0${person.replace(/^U0/, "")}`;
const unreadPeople = () =>
  scene.people.filter((p) => isNews(p.id, direct(p.id), p.news)).map((p) => p.id);
const unreadPlaces = () =>
  scene.places.filter((p) => p.news && isNews(scene.me, p.id, p.news)).map((p) => p.id);

function drawPeople() {
  const unread = unreadPeople();
  $("people").replaceChildren(...scene.people.map((person) =>
    entry(person.name, person.id === scene.me, unread.includes(person.id), `person/${person.id}`,
      () => choose({ person: person.id }, false),
      avatar(person.name),
      person.stranger ? "external" : person.guest ? "guest" : null,
    )));
}

function drawPlaces() {
  const unread = unreadPlaces();
  const item = (place) =>
    entry(place.name, place.id === scene.here, unread.includes(place.id), `place/${place.id}`,
      () => choose({ place: place.id }, true));
  const channels = scene.places.filter((place) => place.name.startsWith("#"));
  $("places").replaceChildren(...channels.map(item));
  $("app-places").replaceChildren(
    ...scene.places.filter((place) => !channels.includes(place)).map(item));
}

function entry(name, current, unread, key, onclick, picture = null, mark = null) {
  return el("li", {}, el("button",
    { type: "button", onclick, "data-key": key, "aria-current": current ? "true" : null },
    picture, el("span", { className: "name" }, name),
    mark && el("span", { className: "mark" }, mark),
    unread && !current ? el("span", { className: "dot", role: "img", "aria-label": "new" }) : null,
  ));
}

function choose(what, leave) {
  // A person's direct messages are their own: another person is met in the same channel or there.
  if (what.person && choice.place.startsWith("D0")) choice.place = direct(what.person);
  Object.assign(choice, what);
  if (leave) document.body.dataset.pane = "chat";
  refresh();
  if (choice.place === "home") act({ do: "home" });
}

function avatar(name, app = false) {
  const initials = name.split(/\s+/).map((word) => word[0]).slice(0, 2).join("");
  const hue = [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6;
  return el("span", { className: app ? "avatar app" : `avatar hue-${hue}`, "aria-hidden": "true" },
    app ? "✓" : initials);
}

function drawMessages() {
  const box = $("messages");
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  const elsewhere = box.dataset.place !== `${scene.me}/${scene.here}`;
  box.dataset.place = `${scene.me}/${scene.here}`;
  if (scene.here === "home") {
    box.replaceChildren(el("div", { className: "home" }, ...(scene.home
      ? blocks(scene.home, context("home", "home", (action, option) =>
          act({ do: "click-home", action, option })))
      : [el("p", { className: "empty" }, "Countersign has not published a Home tab yet.")])));
  } else {
    box.replaceChildren(...(scene.messages.length
      ? scene.messages.map(message)
      : [nothingYet()]));
  }
  if (elsewhere) box.scrollTop = scene.here === "home" ? 0 : box.scrollHeight;
  else if (atEnd || wrote) box.scrollTop = box.scrollHeight;
  wrote = false;
}

/** What a newcomer reads first. */
function nothingYet() {
  const hint = !scene.panel || scene.panel.items.length ? null : el("p", {},
    "Countersign watches a repository. Open one of its changes, beside this or under ",
    el("strong", {}, "Changes"), ", and see whom it asks, and why.");
  return el("div", { className: "empty" }, el("p", {}, "Nothing has been said here yet."), hint);
}

function message(said) {
  const name = scene.names[said.user] ?? said.user;
  const replies = said.replies?.length
    ? el("div", { className: "replies", role: "group", "aria-label": "Thread" },
        ...said.replies.map(message))
    : null;
  const address = `${said.channel} ${said.ts}`;
  const press = (action, option) =>
    act({ do: "click", in: said.channel, ts: said.ts, action, option });
  return el("article", { className: said.private ? "message private" : "message" },
    avatar(name, said.app),
    el("div", { className: "body" },
      el("p", { className: "who" },
        el("strong", {}, name), said.app ? el("span", { className: "badge" }, "APP") : null,
        clock(said.ts), said.edited ? el("span", { className: "faint" }, "(edited)") : null,
        shortcuts(said)),
      said.private ? el("p", { className: "faint" }, "Only visible to you") : null,
      ...(said.blocks?.length
        ? blocks(said.blocks, context(said.ts, address, press))
        : [el("div", {}, ...mrkdwn(said.text, scene))]),
      ...(said.attachments ?? []).map((shown) =>
        el("div", { className: "unfurled" },
          el("p", { className: "faint" }, link(shown.from_url)),
          ...blocks(shown.blocks ?? [], context(`${said.ts}/${shown.from_url}`, address, press)))),
      replyButton(said),
      said.reactions ? el("p", { className: "reactions" }, ...said.reactions.map((reaction) =>
        el("span", {}, ...mrkdwn(`:${reaction.name}:`, scene), ` ${reaction.users.length}`))) : null,
      replies,
      drafts.has(said.ts) ? replyForm(said, name) : null));
}

function replyButton(said) {
  if (said.private || !said.replies || drafts.has(said.ts)) return null;
  return el("button", {
    type: "button", className: "quiet answer", "data-key": `${said.ts}/reply`,
    onclick: () => answer(said.ts),
  }, said.replies.length ? "Reply" : "Reply in thread");
}

function answer(ts) {
  drafts.set(ts, "");
  draw();
  document.querySelector(`[data-key="${CSS.escape(`${ts}/draft`)}"]`)?.focus();
}

function leaveReply(ts) {
  drafts.delete(ts);
  draw();
  document.querySelector(`[data-key="${CSS.escape(`${ts}/reply`)}"]`)?.focus();
}

function replyForm(said, name) {
  const label = `Reply to ${name}`;
  const input = el("input", {
    value: drafts.get(said.ts), placeholder: label, "aria-label": label, autocomplete: "off",
    maxLength: 4000, "data-key": `${said.ts}/draft`,
    oninput: () => drafts.set(said.ts, input.value),
    onkeydown: (event) => { if (event.key === "Escape") leaveReply(said.ts); },
  });
  const form = el("form", { className: "reply" }, input,
    el("button", { type: "submit" }, "Reply"),
    el("button", { type: "button", className: "quiet", onclick: () => leaveReply(said.ts),
      "aria-label": "Leave the reply" }, "✕"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    drafts.delete(said.ts);
    act({ do: "write", in: said.channel, text, thread: said.ts });
  });
  return form;
}

/** The app's shortcuts in a message's own menu. */
function shortcuts(said) {
  if (!scene.shortcuts?.length || said.private) return null;
  return el("details", { className: "menu of-message" },
    el("summary", { "aria-label": "More actions", "data-key": `${said.ts}/shortcuts` }, "⋮"),
    el("div", {}, ...scene.shortcuts.map((shortcut) =>
      el("button", { type: "button", onclick: () =>
        act({ do: "shortcut", in: said.channel, ts: said.ts, id: shortcut.id }) }, shortcut.name))));
}

function clock(ts) {
  const moment = new Date(Number(ts) * 1000);
  const options = { timeZone: scene.timezone, hour: "2-digit", minute: "2-digit" };
  const full = { timeZone: scene.timezone, dateStyle: "full", timeStyle: "medium" };
  return el("time",
    { dateTime: moment.toISOString(), title: new Intl.DateTimeFormat("en-GB", full).format(moment) },
    new Intl.DateTimeFormat("en-GB", options).format(moment));
}

/** Send a file that somebody chose; its id, or null where it was not taken. */
async function upload(file) {
  try {
    const query = new URLSearchParams({ as: choice.person, name: file.name });
    const { id } = await ask(`upload?${query}`, { method: "POST", body: file });
    uploads.set(id, file.name);
    return id;
  } catch (problem) {
    tell(`${file.name} was not taken: ${problem.message}`, true);
    return null;
  }
}

/** What blocks need of the place they stand in: `place` as the server calls it. */
function context(key, place, press, more = {}) {
  const patient = async (action, option, pressed) => {
    pressed?.setAttribute("aria-busy", "true");
    await press(action, option);
    pressed?.removeAttribute("aria-busy");
  };
  if (!suggested.has(key)) suggested.set(key, new Map());
  const suggest = async (action, typed) => {
    const wish = { as: choice.person, place, action, typed };
    const answer = await ask("suggest", { method: "POST", body: JSON.stringify(wish) });
    if (answer.note) tell(answer.note, true);
    suggested.get(key).set(action, answer.options);
    return answer.options;
  };
  return {
    scene, key, suggest, upload, tell, names: uploads, suggested: suggested.get(key), act: patient,
    confirm: (question) => askToConfirm(question, scene),
    ...more,
  };
}

// Dialogs

function drawModal() {
  const dialog = $("modal");
  const modal = scene.modal;
  if (!modal) {
    dialog.close();
    return;
  }
  const same = dialog.open && dialog.dataset.view === modal.id;
  const kept = same ? entered(dialog) : {};
  const scrolled = same ? dialog.querySelector(".content").scrollTop : 0;
  const press = (action, option) =>
    act({ do: "click-view", action, option, filled: entered(dialog) });
  const leave = () => act({ do: "close" });
  const form = el("form", { method: "dialog", noValidate: true },
    el("header", {},
      el("h2", { id: "modal-title" }, modal.title.text),
      el("button", { type: "button", className: "quiet", onclick: leave, "aria-label": "Close" }, "✕")),
    el("div", { className: "content" },
      ...blocks(modal.blocks, context(modal.id, "modal", press, { errors: modal.errors, entered: kept }))),
    el("footer", {},
      el("button", { type: "button", onclick: leave }, modal.close?.text ?? "Cancel"),
      modal.submit ? el("button", { type: "submit", className: "primary" }, modal.submit.text) : null));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act({ do: "submit", filled: entered(dialog) });
  });
  dialog.dataset.view = modal.id;
  dialog.oncancel = (event) => {
    event.preventDefault();
    leave();
  };
  dialog.replaceChildren(form);
  if (!dialog.open) dialog.showModal();
  dialog.querySelector(".content").scrollTop = scrolled;
  (dialog.querySelector("[aria-invalid]") ?? dialog.querySelector(".b-input input, .b-input select, .b-input textarea") ?? form.lastChild.lastChild).focus();
}

// Beginning

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const line = $("text").value.trim();
  if (!line) return;
  $("text").value = "";
  $("text").dispatchEvent(new Event("input")); // nothing is left to complete
  wrote = true;
  act({ do: "write", in: choice.place, text: line });
});

complete($("text"), $("offers"), () => scene?.commands ?? []);

for (const tab of document.querySelectorAll("#tabs button"))
  tab.addEventListener("click", () => (document.body.dataset.pane = tab.dataset.pane));

const news = new EventSource("/playground/news");
news.onmessage = refresh;
news.onerror = () => tell("Waiting for the playground…", true);
