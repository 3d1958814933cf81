/** Emoji by the names that Slack gives them. */

const NAMES = await (await fetch("/demo/emoji")).json();

/** The ones to react with. */
export const OFFERED = ["eyes", "white_check_mark", "outbox_tray", "repeat", "rotating_light", "+1"];

/** The character, or `:name:` where we know none. */
export const emoji = (name) => NAMES[name.split("::")[0]] ?? `:${name}:`;

/** Words with their `:names:` as characters. */
export const shown = (words) => words.replace(/:([a-z0-9_+-]+):/g, (all, name) => NAMES[name] ?? all);
