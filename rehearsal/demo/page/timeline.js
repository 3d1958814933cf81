/** A timeline: the messages of a channel or of a thread, newest at the foot. */

import { day } from "./clock.js";
import { h, keyed } from "./element.js";
import { drawMessage, signature } from "./message.js";
import { place } from "./place.js";
import { world } from "./world.js";

/** What stands in a channel, with what only oneself can see. */
export function inChannel(channel) {
  const here = channel.messages.filter((each) => !each.thread_ts || each.thread_ts === each.ts || each.subtype === "thread_broadcast");
  return merged(here, (each) => each.channel === channel.id && !each.thread_ts);
}

/** What stands in a thread, the message above it first. */
export function inThread(channel, root) {
  const here = channel.messages.filter((each) => each.ts === root || each.thread_ts === root);
  return merged(here, (each) => each.channel === channel.id && each.thread_ts === root);
}

function merged(messages, mine) {
  const only = (world.slack.ephemerals[place.user] ?? []).filter(mine);
  return [...messages, ...only].sort((one, other) => Number(one.ts) - Number(other.ts));
}

/** `list` shows `messages`; who was at the foot stays there. */
export function drawTimeline(list, messages, { channel, alone = false }) {
  const near = atFoot(list, `${channel}${place.user}${alone}${messages[0]?.ts}`);
  keyed(list, rows(messages, alone), {
    key: (row) => (row.day ? `day ${row.day}` : `${row.message.ts}${row.message.ephemeral ? " mine" : ""}`),
    sign: (row) => (row.day ? row.day : signature(row.message, { follows: row.follows, alone })),
    draw: (row) => (row.day ? h("p", { class: "day" }, h("span", {}, row.day)) : drawMessage(row.message, { channel, follows: row.follows, alone })),
  });
  if (near) foot(list);
}

/** Is one at the foot, or new here? Behind a tab there is nothing to measure: what was so before still is. */
function atFoot(list, of) {
  const hidden = !list.offsetParent;
  const measured = hidden || list.away ? list.near : list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  list.near = measured || list.dataset.of !== of;
  list.away = hidden;
  list.dataset.of = of;
  return list.near;
}

function foot(list) {
  list.scrollTop = list.scrollHeight;
  for (const picture of list.querySelectorAll("img")) if (!picture.complete) picture.addEventListener("load", () => (list.scrollTop = list.scrollHeight), { once: true });
}

function rows(messages, alone) {
  const made = [];
  let before = null;
  for (const message of messages) {
    if (!alone && (!before || day(before.ts) !== day(message.ts))) made.push({ day: day(message.ts) });
    made.push({ message, follows: follows(before, message, alone && before === messages[0]) });
    before = message;
  }
  return made;
}

/** Soon after, by the same, and nothing that stands for itself. */
function follows(before, message, root) {
  if (!before || root || message.bot || before.ephemeral !== message.ephemeral || before.name !== message.name || before.user !== message.user) return false;
  return Number(message.ts) - Number(before.ts) < 300;
}
