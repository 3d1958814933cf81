/** Emoji by the names that Slack gives them: those that a support team uses. */

const NAMES = {
  eyes: "👀", white_check_mark: "✅", heavy_check_mark: "✔️", "+1": "👍", thumbsup: "👍", "-1": "👎", pray: "🙏",
  tada: "🎉", rocket: "🚀", heart: "❤️", smile: "😄", slightly_smiling_face: "🙂", thinking_face: "🤔", fire: "🔥",
  warning: "⚠️", rotating_light: "🚨", no_entry_sign: "🚫", lock: "🔒", outbox_tray: "📤", inbox_tray: "📥",
  email: "✉️", envelope: "✉️", hourglass: "⌛", hourglass_flowing_sand: "⏳", paperclip: "📎", ticket: "🎫",
  repeat: "🔁", red_circle: "🔴", large_orange_circle: "🟠", large_yellow_circle: "🟡", large_green_circle: "🟢",
  white_circle: "⚪", bulb: "💡", wave: "👋", memo: "📝", speech_balloon: "💬", bell: "🔔", phone: "☎️", x: "❌",
  question: "❓", exclamation: "❗", star: "⭐", robot_face: "🤖", leftwards_arrow_with_hook: "↩️", mag: "🔍",
};

/** The ones to react with. */
export const OFFERED = ["eyes", "white_check_mark", "outbox_tray", "repeat", "rotating_light", "+1"];

/** The character, or `:name:` where we know none. */
export const emoji = (name) => NAMES[name.split("::")[0]] ?? `:${name}:`;

/** Words with their `:names:` as characters. */
export const shown = (words) => words.replace(/:([a-z0-9_+-]+):/g, (all, name) => NAMES[name] ?? all);
