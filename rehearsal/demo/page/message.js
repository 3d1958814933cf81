/** A message: who, when, what, its files, its reactions, and the thread below it. */

import { shownFiles } from "./attachment.js";
import { blocks } from "./blocks.js";
import { exactly, time } from "./clock.js";
import { h, icon, SHAPES } from "./element.js";
import { emoji, OFFERED } from "./emoji.js";
import { act, press } from "./hands.js";
import { menu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { avatar, names, user } from "./people.js";
import { go, place } from "./place.js";
import { world } from "./world.js";

/** All that its look depends on. */
export const signature = (message, { follows, alone }) => JSON.stringify([message, follows, alone, place.user]);

/** `follows`: the same author spoke just before; `alone`: without its thread's line (it stands in its thread). */
export function drawMessage(message, { channel, follows, alone }) {
  const own = message.user === place.user && !message.bot;
  return h("article", {
    class: `message${follows ? " follows" : ""}${message.ephemeral ? " ephemeral" : ""}${own ? " own" : ""}`,
    "aria-label": `${message.name}, ${time(message.ts)}`,
  },
  follows ? h("time", { class: "aside", title: exactly(message.ts) }, time(message.ts)) : avatar(message.name, message),
  h("div", { class: "said" },
    follows ? null : by(message),
    message.ephemeral ? h("p", { class: "only" }, icon(SHAPES.eye), "Only visible to you") : null,
    body(message, channel), shownFiles(message.files), reactions(message, channel), alone ? null : thread(message, channel)),
  message.ephemeral ? null : tools(message, channel, alone));
}

function by(message) {
  const team = user(message.user)?.team;
  const from = team && team !== world.slack.team.id ? h("small", { class: "badge" }, "another company") : null;
  return h("div", { class: "by" }, h("b", {}, message.name), message.bot ? h("small", { class: "badge" }, "APP") : null, from,
    h("time", { title: exactly(message.ts) }, time(message.ts)), message.edited && !message.bot ? h("small", {}, "(edited)") : null);
}

/** What people typed stands in `text` as they typed it; what an app made, in its blocks. */
function body(message, channel) {
  const typed = message.blocks.every((block) => block.type === "rich_text");
  if (typed) return message.text ? h("div", { class: "text", dir: "auto" }, mrkdwn(message.text, names)) : null;
  return h("div", { class: `blocks${message.blocks.some((block) => block.type === "header") ? " card" : ""}` }, blocks(message.blocks, (block, element) => hold(message, channel, block, element)));
}

/** A control of a message does what it says at once. */
function hold(message, channel, block, element) {
  const given = { ...(message.ephemeral ? { ephemeral: message.ts } : { channel, ts: message.ts }), block_id: block.block_id, action_id: element.action_id };
  return {
    name: `${block.block_id}\n${element.action_id}`,
    id: `m-${message.ts}-${element.action_id}`.replace(/\W/g, "-"),
    value: element.initial_option ? { selected_option: element.initial_option } : null,
    press: (control) => press(control, "click", given),
    ask: async (text) => (await act("suggest", { ...given, text }))?.options ?? [],
    typed: () => {},
    set: async (value, control) => {
      await act("click", { ...given, value });
      control?.restore?.(element.initial_option?.value ?? "");
    },
  };
}

function reactions(message, channel) {
  if (!message.reactions.length) return null;
  return h("div", { class: "reactions" }, message.reactions.map(({ name, users }) => {
    const mine = users.includes(place.user);
    const who = users.map((id) => names.user(id) || id).join(", ");
    return h("button", {
      type: "button", class: "reaction", "aria-pressed": String(mine), title: who, "aria-label": `${name.replace(/_/g, " ")}: ${who}`,
      onclick: (event) => press(event.currentTarget, mine ? "unreact" : "react", { channel, ts: message.ts, emoji: name }),
    }, emoji(name), h("span", {}, users.length));
  }));
}

function thread(message, channel) {
  if (!message.reply_count) return null;
  const all = world.slack.channels.find((each) => each.id === channel)?.messages ?? [];
  const last = all.filter((each) => each.thread_ts === message.ts).at(-1);
  const words = `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`;
  return h("button", { type: "button", class: "thread-line", onclick: () => go({ thread: message.ts }) },
    icon(SHAPES.thread), h("b", {}, words), last ? h("span", {}, `last one at ${time(last.ts)}`) : null);
}

function tools(message, channel, alone) {
  const offers = OFFERED.map((name) => ({ label: emoji(name), value: name }));
  return h("div", { class: "tools" },
    menu(offers, { label: "React", face: icon(SHAPES.smile), look: "bare", chosen: ({ value }) => act("react", { channel, ts: message.ts, emoji: value }) }),
    alone ? null : h("button", { type: "button", class: "bare", "aria-label": "Reply in thread", title: "Reply in thread", onclick: () => go({ thread: message.thread_ts || message.ts }) }, icon(SHAPES.thread)));
}
