/** The clock: moments as people say them, in the reader's zone. */

const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const SHORT = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });
const LONG = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "medium" });

const moment = (seconds) => new Date(Number(seconds) * 1000);
const sameDay = (one, other) => one.toDateString() === other.toDateString();

/** `14:20`; seconds since 1970, a Slack `ts` too. */
export const time = (seconds) => TIME.format(moment(seconds));

/** `Wednesday, 25 November 2026 at 14:20:05`, to be shown where one points. */
export const exactly = (seconds) => LONG.format(moment(seconds));

/** `Today`, `Yesterday`, `25 Nov`. */
export function day(seconds) {
  const then = moment(seconds);
  const now = new Date();
  if (sameDay(then, now)) return "Today";
  if (sameDay(then, new Date(now - 86400e3))) return "Yesterday";
  return DAY.format(then);
}

/** Fill in Slack's `{date_short_pretty} at {time}` ("Formatting message text", "Date formatting"). */
export function filled(form, seconds) {
  return form.replace(/\{(\w+)\}/g, (token, name) => {
    if (name.startsWith("time")) return time(seconds);
    if (name.startsWith("date")) return name.endsWith("_pretty") ? day(seconds) : SHORT.format(moment(seconds));
    return token;
  });
}
