/** The journey: which of its steps the first case of our customer has taken, read off what everybody can see. */

import { mailsOf } from "./mailbox.js";
import { channel } from "./people.js";
import { world } from "./world.js";

const KEY = "casebot-demo-journey";
const reached = new Set();
let folder = null;

const isCard = (message) => message.bot && message.blocks.some((block) => block.block_id?.startsWith("case:"));

/** What is known of the case: `{number, card, cards, thread, got, sent, modal}`; what is not there is undefined or empty. */
export function facts() {
  const { people, channels } = world.demo;
  const mails = mailsOf(people.customer?.mail);
  const got = mails.filter((mail) => !mail.sent);
  const number = got.map((mail) => /CS-\d{6,}/.exec(mail.subject)?.[0]).find(Boolean);
  const messages = channel(channels.triage)?.messages ?? [];
  const card = messages.find((each) => number && isCard(each) && JSON.stringify(each.blocks).includes(number));
  return {
    got, number, card, cards: messages.filter(isCard).length, sent: mails.filter((mail) => mail.sent),
    look: card ? JSON.stringify(card.blocks) : "",
    thread: card ? messages.filter((each) => each.thread_ts === card.ts && each.ts !== card.ts) : [],
    told: mailsOf(people.manager?.mail).filter((mail) => !mail.sent && /concern/i.test(mail.subject)),
    survey: got.find((mail) => mail.links.some((link) => link.includes("/survey/"))),
  };
}

const over = (look) => /Status: \*(Resolved|Closed)\*/.test(look);
const told = (f, words) => f.got.some((mail) => words.test(mail.text));

/** Steps that a case need not take. */
const OPTIONAL = new Set(["note", "closed", "survey", "reopened"]);

/** In order; `after` says whether a case has come so far. A later step proves the earlier ones. */
const STEPS = [
  ["mail", "Mail", (f) => f.sent.length > 0],
  ["case", "Case", (f) => Boolean(f.number)],
  ["card", "Card", (f) => Boolean(f.card)],
  ["taken", "Taken", (f) => /Owner: \*(?!nobody)/.test(f.look)],
  ["note", "Note", (f) => f.thread.some((each) => !each.bot && !each.text.startsWith("!"))],
  ["answer", "Answer", (f) => f.got.some((mail) => mail.from.includes(" via "))],
  ["reply", "Reply", (f) => f.sent.some((mail) => mail.in_reply_to && mail.attachments.length) || (f.sent.length > 1 && reached.has("answer"))],
  ["resolved", "Resolved", (f) => over(f.look) || told(f, /has closed CS-/)],
  ["closed", "Closed", (f) => f.look.includes("Status: *Closed*") || Boolean(f.survey)],
  ["survey", "Survey", (f) => f.thread.some((each) => /rated this case/.test(each.text))],
  ["reopened", "Reopened", (f) => told(f, /is open again/) || (f.survey?.at < f.sent.at(-1)?.at && Boolean(f.card) && !over(f.look)) || (reached.has("over") && !over(f.look))],
  ["concern", "Concern", (f) => f.told.length > 0],
];

/** `{id, label, done}` for each step. What was reached stays so, for a case does not stay resolved for ever. */
export function steps() {
  if (folder !== world.demo.folder) remember();
  const known = facts();
  if (over(known.look)) reached.add("over"); // mails are quicker than the card, so these alone do not tell
  for (const [id, , after] of STEPS) if (after(known)) reached.add(id);
  sessionStorage.setItem(KEY, JSON.stringify({ folder, reached: [...reached] }));
  const last = STEPS.findLastIndex(([id]) => reached.has(id));
  return STEPS.map(([id, label], index) => ({ id, label, done: reached.has(id) || (index <= last && !OPTIONAL.has(id)), passed: index <= last }));
}

/** After a reload the same journey goes on; another demo begins another one. */
function remember() {
  const kept = JSON.parse(sessionStorage.getItem(KEY) || "{}");
  folder = world.demo.folder;
  reached.clear();
  if (kept.folder === folder) kept.reached.forEach((id) => reached.add(id));
}
