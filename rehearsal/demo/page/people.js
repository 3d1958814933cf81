/** People: their names, and the round pictures beside what they say. */

import { h } from "./element.js";
import { emoji } from "./emoji.js";
import { world } from "./world.js";

export const user = (id) => world.slack.users.find((each) => each.id === id);
export const channel = (id) => world.slack.channels.find((each) => each.id === id);

/** For mentions in messages. */
export const names = {
  user: (id) => user(id)?.real_name ?? "",
  channel: (id) => channel(id)?.name ?? "",
};

/** The people one can be in the workspace: whom the demo names, in its order. */
export function players() {
  const cast = Object.entries(world.demo.people ?? {}).filter(([, person]) => person.slack);
  const told = { specialist: "specialist", second: "specialist", manager: "manager", colleague: "Ana’s colleague" };
  const order = ["specialist", "second", "manager", "colleague"];
  cast.sort(([one], [other]) => order.indexOf(one) - order.indexOf(other));
  return cast.map(([role, person]) => ({ ...person, id: person.slack, role: told[role] ?? role, part: role }));
}

/** `Ana` of `Ana Ferrer`. */
export const first = (name) => name.trim().split(/\s+/)[0];

/** A picture: initials on a colour of one's own. `image`: an emoji, or nothing of use here. */
export function avatar(shown, { bot = false, image = "" } = {}) {
  const name = shown.replace(/ via .*/, "");
  const sign = /^:[\w+-]+:$/.test(image) ? emoji(image.slice(1, -1)) : initials(name);
  return h("span", { class: `avatar ${bot ? "app" : `tone${tone(name)}`}`, "aria-hidden": "true" }, bot && !image ? "✳" : sign);
}

const initials = (name) => name.split(/\s+/).map((word) => [...word][0] ?? "").slice(0, 2).join("").toUpperCase() || "?";

/** The people of the demo each have their own; for others, chance decides, always in the same way. */
function tone(name) {
  const known = Object.values(world.demo.people).findIndex((each) => each.name === name);
  if (known >= 0) return known % 6;
  let sum = 0;
  for (const letter of name.toLowerCase()) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return sum % 6;
}
