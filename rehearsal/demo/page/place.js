/** The place: who one is in the workspace, and what one looks at there; each person's own, kept for a reload. */

import { tell, world } from "./world.js";

const KEY = "casebot-demo-place";
const kept = JSON.parse(sessionStorage.getItem(KEY) || "{}");

/** `channel`: an id or `home`; `thread`: a ts or empty. */
export const place = { user: kept.user ?? "", channel: "", thread: "" };
const places = new Map(Object.entries(kept.places ?? {}));
const seen = new Map(Object.entries(kept.seen ?? {}));

/** Go somewhere; what is not named stays, but for the thread, which closes when the channel changes. */
export function go({ user = place.user, channel, thread }) {
  if (user !== place.user) {
    places.set(place.user, { channel: place.channel, thread: place.thread });
    Object.assign(place, { channel: "", thread: "" }, places.get(user), { user });
  }
  if (channel !== undefined && channel !== place.channel) Object.assign(place, { channel, thread: "" });
  if (thread !== undefined) place.thread = thread;
  keep();
  tell();
}

/** What one has read there: messages up to this ts. */
export function read(channel, ts) {
  const key = `${place.user}/${channel}`;
  if ((seen.get(key) ?? "") >= ts) return;
  seen.set(key, ts);
  keep();
}

/** How many messages of others somebody has not read in a channel. What was there before the page is counted too. */
export function unread(user, channel) {
  const since = seen.get(`${user}/${channel.id}`) ?? "";
  return channel.messages.filter((each) => each.ts > since && each.user !== user).length;
}

/** The channels somebody is in: rooms first, then conversations with people. */
export function rooms(user) {
  const mine = world.slack.channels.filter((each) => each.members.includes(user));
  return mine.sort((one, other) => (one.kind === "im") - (other.kind === "im"));
}

/** Somebody's conversation with the app, if there was one. */
export const withApp = (user) => rooms(user).find((each) => each.kind === "im" && each.members.includes(world.slack.app.bot_user));

function keep() {
  sessionStorage.setItem(KEY, JSON.stringify({ user: place.user, places: Object.fromEntries(places), seen: Object.fromEntries(seen), folder: world.demo.folder }));
}

/** Another demo is another world. */
export function arrive(first) {
  if (kept.folder !== world.demo.folder) (places.clear(), seen.clear(), (place.user = ""));
  if (!world.slack.users.some((each) => each.id === place.user)) place.user = first;
  Object.assign(place, places.get(place.user));
  keep();
}
