/** The workspace: who one is, the rail of channels, the channel, the thread beside it, the app's Home. */

import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { h, icon, keyed, SHAPES } from "./element.js";
import { act, press } from "./hands.js";
import { drawModal } from "./modal.js";
import { avatar, channel, first, players, user } from "./people.js";
import { go, place, read, rooms, unread, withApp } from "./place.js";
import { hint } from "./tabs.js";
import { drawTimeline, inChannel, inThread } from "./timeline.js";
import { watch, world } from "./world.js";

const part = (id) => document.getElementById(id);

const main = composer(() => ({ channel: place.channel, thread: "", label: `Message ${title(channel(place.channel))}` }));
const side = composer(() => ({ channel: place.channel, thread: place.thread, label: threadLabel() }));

/** Hang it into the page, and draw it again whenever the world changes. */
export function openWorkspace() {
  part("room").append(main.whole);
  part("thread").append(side.whole);
  part("thread-close").append(icon(SHAPES.close));
  part("thread-close").onclick = () => go({ thread: "" });
  watch(draw);
}

/** Words into the composer of the channel that one looks at. */
export const fillComposer = (text) => main.fill(text);

function draw() {
  const here = rooms(place.user);
  if (!place.channel || (place.channel !== "home" && !here.some((each) => each.id === place.channel))) place.channel = here[0]?.id ?? "home";
  part("team").textContent = world.slack.team.name;
  drawPlayers();
  drawRail(here);
  hint("workspace", here.some((each) => unread(place.user, each)));
  drawRoom();
  drawThread();
  drawModal();
}

function drawPlayers() {
  keyed(part("players"), players(), {
    key: (person) => person.id,
    sign: (person) => JSON.stringify([person, place.user === person.id, waiting(person.id)]),
    draw: (person) => {
      const news = waiting(person.id);
      return h("button", {
        type: "button", class: "player", "data-name": person.id, "aria-pressed": String(place.user === person.id),
        title: `${person.name}, ${person.role}`, onclick: () => go({ user: person.id }),
      }, avatar(person.name), h("span", {}, h("b", {}, first(person.name)), h("small", {}, person.role)),
      news ? h("span", { class: "count", "aria-label": `${news} unread` }, news) : null);
    },
  });
}

/** What the app has said to somebody in person, unread. */
function waiting(id) {
  const talk = withApp(id);
  return talk && !(id === place.user && place.channel === talk.id) ? unread(id, talk) : 0;
}

function drawRail(here) {
  const entries = [...here.filter((each) => each.kind !== "im" || !each.members.includes(world.slack.app.bot_user))].map((each) => ({ id: each.id, face: each.kind === "im" ? "●" : "#", label: title(each).replace("#", ""), news: unread(place.user, each) }));
  const talk = withApp(place.user);
  entries.push({ id: talk?.id ?? "talk", face: "✳", label: world.slack.app.name, news: talk ? unread(place.user, talk) : 0, app: true });
  keyed(part("channels"), entries, {
    key: (entry) => entry.id,
    sign: (entry) => JSON.stringify([entry, current(entry)]),
    draw: (entry) => h("li", { class: entry.app ? "apart" : null },
      h("button", { type: "button", "data-name": entry.id, class: entry.news && !current(entry) ? "news" : null, "aria-current": current(entry) ? "page" : null, onclick: () => enter(entry) },
        h("span", { class: "face", "aria-hidden": "true" }, entry.face), h("span", { class: "name" }, entry.label),
        entry.news && !current(entry) ? h("span", { class: "count", "aria-label": `${entry.news} unread` }, entry.news) : null)),
  });
}

const current = (entry) => entry.id === place.channel || (entry.app && place.channel === "home");

/** The app's conversation, if there is one; else its Home. */
function enter(entry) {
  if (entry.app && entry.id === "talk") home();
  else go({ channel: entry.id, thread: "" });
}

function home() {
  go({ channel: "home", thread: "" });
  return act("open_home", {});
}

async function talk() {
  const known = withApp(place.user)?.id ?? (await act("open_dm", { with: "@app" }))?.channel;
  if (known) go({ channel: known, thread: "" });
}

function drawRoom() {
  const here = channel(place.channel);
  const atApp = place.channel === "home" || (here && withApp(place.user)?.id === here.id);
  part("room-title").textContent = atApp ? world.slack.app.name : title(here);
  part("room-about").textContent = atApp ? "App" : members(here);
  part("tabs").hidden = !atApp;
  if (atApp) drawTabs();
  part("messages").hidden = place.channel === "home";
  main.whole.hidden = place.channel === "home";
  part("home").hidden = place.channel !== "home";
  if (place.channel === "home") return drawHome();
  const messages = inChannel(here);
  drawTimeline(part("messages"), messages, { channel: here.id });
  part("messages").classList.toggle("silent", !messages.length);
  part("messages").dataset.empty = empty(here);
  main.draw();
  if (part("messages").offsetParent && !document.hidden && here.messages.length) read(here.id, here.messages.at(-1).ts);
}

function drawTabs() {
  const tab = (label, on, does) => h("button", { type: "button", "data-name": label, "aria-pressed": String(on), onclick: does }, label);
  keyed(part("tabs"), ["Home", "Messages"], {
    key: (name) => name,
    sign: (name) => `${name}${place.channel === "home"}${place.user}`,
    draw: (name) => (name === "Home" ? tab(name, place.channel === "home", home) : tab(name, place.channel !== "home", talk)),
  });
}

function drawHome() {
  const view = world.slack.homes[place.user];
  const hold = (block, element) => {
    const given = { view: "home", block_id: block.block_id, action_id: element.action_id };
    return {
      name: `${block.block_id}\n${element.action_id}`, id: `home-${element.action_id}`.replace(/\W/g, "-"), value: view.state.values[block.block_id]?.[element.action_id],
      press: (control) => press(control, "click", given), typed: () => {}, set: (value) => act("click", { ...given, value }),
    };
  };
  keyed(part("home"), [view].filter(Boolean), {
    key: (each) => each.id, sign: (each) => each.hash + place.user,
    draw: (each) => h("div", { class: "blocks" }, blocks(each.blocks, hold)),
  });
  if (!view) part("home").replaceChildren(h("p", { class: "quiet" }, "One moment…"));
}

function drawThread() {
  const here = channel(place.channel);
  const root = here?.messages.find((each) => each.ts === place.thread);
  part("thread").hidden = !root;
  part("desk").classList.toggle("threaded", Boolean(root));
  if (!root) return;
  part("thread-in").textContent = title(here);
  drawTimeline(part("replies"), inThread(here, root.ts), { channel: here.id, alone: true });
  side.draw();
}

/** In the desk's own channel, what one writes below a card stays inside. */
const threadLabel = () => (place.channel === world.demo.channels.triage ? "Write a note for the team" : "Reply…");

function empty(here) {
  const { triage, account } = world.demo.channels;
  if (here.id === triage) return "Each new case appears here as a card. All that is said about it goes into its thread.";
  if (here.id === account) return `The customer’s own channel. A case that is opened here, with ${world.slack.app.commands[0]} new, stays here.`;
  return "Nobody has said anything here yet.";
}

function title(here) {
  if (!here) return "";
  if (here.kind !== "im") return `#${here.name}`;
  return user(here.members.find((id) => id !== place.user))?.real_name ?? here.name;
}

function members(here) {
  const people = (here?.members ?? []).map(user).filter((each) => each && !each.is_bot);
  return here?.kind === "im" ? "" : people.map((each) => first(each.real_name)).join(", ");
}
