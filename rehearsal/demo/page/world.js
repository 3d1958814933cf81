/** The world: how mailboxes, workspace and desk look at this moment, and who wants to hear of a change. */

import { get, listen } from "./wire.js";

const SOURCES = { mail: "/mail/state", slack: "/rehearsal/state", demo: "/demo/state" };

export const world = {
  ready: false,
  lost: false,
  mail: { mailboxes: {} },
  slack: { team: {}, app: { commands: [] }, users: [], channels: [], ephemerals: {}, modals: {}, homes: {} },
  demo: { people: {}, channels: {}, desk: "", folder: "", running: true },
};

const watchers = [];
const asking = {};
let told = false;

/** `watcher()` is called after each change, at most once a frame. */
export function watch(watcher) {
  watchers.push(watcher);
  tell();
}

/** Tell everybody: something has changed, here or there. */
export function tell() {
  if (told) return;
  told = true;
  // Not requestAnimationFrame: that one sleeps while the page is hidden.
  setTimeout(() => {
    told = false;
    if (world.ready) watchers.forEach((watcher) => watcher());
  });
}

/** Ask anew. While a question is on its way, further ones become a single one after it. */
export async function refresh(name) {
  if (asking[name]) return (asking[name].again = true);
  asking[name] = { again: false };
  try {
    world[name] = await get(SOURCES[name]);
    tell();
  } finally {
    const { again } = asking[name];
    delete asking[name];
    if (again) refresh(name).catch(() => {});
  }
  return true;
}

/** Look at everything, and keep looking. */
export async function start() {
  await Promise.all(Object.keys(SOURCES).map(refresh));
  world.ready = true;
  tell();
  for (const [name, path] of [["mail", "/mail/events"], ["slack", "/rehearsal/events"]]) {
    listen(path, { heard: () => refresh(name).catch(() => {}), lost });
  }
  setInterval(() => document.hidden || refresh("demo").catch(() => {}), 2000);
}

function lost(really) {
  if (world.lost === really) return;
  world.lost = really;
  tell();
}
