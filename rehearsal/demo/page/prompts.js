/** Prompts: what to try next, in one sentence, and the prepared words for whoever does not want to write. */

import { send } from "./draft.js";
import { act } from "./hands.js";
import { facts } from "./journey.js";
import { show, write } from "./mailbox.js";
import { prepare } from "./modal.js";
import { first } from "./people.js";
import { chart } from "./picture.js";
import { go, place, withApp } from "./place.js";
import { answer } from "./reading.js";
import { view } from "./tabs.js";
import { world } from "./world.js";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const role = (name) => world.demo.people[name];

/** What Ana and Sam say, if one lets them. */
const SAID = {
  subject: "Deal ID 12333: no delivery for the last 24 hours",
  first: "Hello,\n\nour campaign on deal 12333 stopped delivering yesterday at noon. Nothing was changed on our side.\n\nCould you have a look, please?\n\nAna",
  note: "The floor was raised to 4.20 yesterday, all bids are below it. @kim, may I put it back?",
  answer: "Hello Ana,\n\nthe floor price of this deal had been raised above all bids. I have put it back to 3.80; delivery should start within the hour.\n\nWhat do you see on your side?",
  reply: "Thank you, Sam! It delivers again, see the picture.",
  agree: "#close It does, thank you!",
  reopen: "It stopped again this morning, I am afraid.",
  concern: "#concern lack of resolution +33 1 23 45 67 89: It is the second time this week, and our client asks every hour.",
};

/** A mail of Ana's: shown for a moment, then sent; or left to whoever wants to change it. */
async function mail(start, alone) {
  view("mail");
  show({ owner: role("customer").mail });
  const draft = start();
  if (!alone) return;
  await pause(600);
  await send(draft);
}

const latest = () => facts().got.at(-1);

/** `thread`: which one to look at, none with "", the same as before if it is left out. */
function asSam(thread) {
  view("workspace");
  go({ user: role("specialist").slack, channel: world.demo.channels.triage, thread });
}

async function click(action, value) {
  const { card } = facts();
  asSam();
  const block_id = card.blocks.find((block) => block.block_id?.startsWith("case:")).block_id;
  await act("click", { channel: world.demo.channels.triage, ts: card.ts, block_id, action_id: action, value });
}

async function close() {
  const menu = facts().card.blocks.flatMap((block) => block.elements ?? []).find((each) => each.action_id === "case_status");
  const option = menu.options.find((each) => /:close:(resolved|resolution)/.test(each.value)) ?? menu.options[0];
  await click("case_status", option.value);
}

async function note() {
  const { card } = facts();
  asSam(card.ts);
  await pause(400);
  await act("post", { channel: world.demo.channels.triage, text: SAID.note, thread_ts: card.ts });
}

const name = (part) => first(role(part).name);
const mailing = (start, label) => [{ label, does: () => mail(start, true) }, { label: "Let me write it", quiet: true, does: () => mail(start, false) }];
const doing = (label, does) => [{ label, does }];

/** step → `{words, deeds: [{label, does, quiet?, href?}]}` for the first step that is not done. */
const PROMPTS = {
  mail: () => ({ words: `You are ${name("customer")}, and your campaign has stopped. Write a mail to ${world.demo.desk}.`, deeds: mailing(() => write({ subject: SAID.subject, text: SAID.first }), `Send ${name("customer")}’s mail`) }),
  case: () => ({ words: "casebot has the mail and opens a case…", deeds: [] }),
  card: () => ({ words: "The case is on its way to #triage…", deeds: [] }),
  taken: () => ({ words: `${name("customer")} got a case number, and #triage a card. Now you are ${name("specialist")}: take the case.`, deeds: doing("Take it", () => click("case_take")) }),
  note: () => ({ words: `What the team writes in the card’s thread never reaches ${name("customer")}. Leave a note there.`, deeds: doing("Write a note", note) }),
  answer: () => ({ words: `Now answer ${name("customer")}: “Reply to customer” on the card.`, deeds: doing("Write the answer", () => (prepare("text", SAID.answer), click("case_reply"))) }),
  reply: () => ({ words: `${name("customer")} has the answer in her mail, without the note. Let her reply, with a picture.`, deeds: mailing(() => answer(latest(), { owner: role("customer").mail, text: SAID.reply, files: [chart()] }), `Reply as ${name("customer")}`) }),
  resolved: () => ({
    words: "Her reply and her picture are in the thread. Solved? “Status” on the card closes the case.",
    deeds: [...doing("Close it as resolved", close), { label: "Show the thread", quiet: true, does: () => asSam(facts().card.ts) }],
  }),
  closed: () => ({ words: `${name("customer")} was told. If she agrees, a line with “#close” in her mail closes the case for good.`, deeds: mailing(() => answer(latest(), { owner: role("customer").mail, text: SAID.agree }), `Agree as ${name("customer")}`) }),
  survey: () => {
    const link = facts().survey?.links.find((each) => each.includes("/survey/"));
    if (!link) return { words: `${name("customer")} is asked how it went…`, deeds: [] };
    return { words: `${name("customer")} is asked how it went. Open the survey from her mail and rate the case.`, deeds: [{ label: "Open the survey", href: link }] };
  },
  reopened: () => ({ words: "Not over after all? A reply to any of these mails reopens the case.", deeds: mailing(() => answer(latest(), { owner: role("customer").mail, text: SAID.reopen }), `Reply as ${name("customer")}`) }),
  concern: () => ({ words: `Not happy? A line that begins with “#concern” goes straight to ${name("manager")}, the manager.`, deeds: mailing(() => answer(latest(), { owner: role("customer").mail, text: SAID.concern }), "Raise a concern") }),
  end: () => {
    const asBen = { label: `Be ${name("colleague")}`, does: beColleague };
    const own = "open your own desk: “casebot setup” asks for what it needs.";
    if (facts().cards > 1) return { words: `${name("colleague")}’s case is a card of its own. That was all of it. Now ${own}`, deeds: [{ ...asBen, quiet: true }] };
    const words = `${name("manager")} was told, by mail and in the workspace. Next, be ${name("colleague")} and open a case with /case new; or ${own}`;
    if (place.user !== role("specialist").slack) return { words, deeds: [asBen] };
    return { words, deeds: [...doing(`Be ${name("manager")}`, beManager), { ...asBen, quiet: true }] };
  },
};

function open(form) {
  if (!form.submit) return "Close the window to go on.";
  const press = `press “${form.submit.text}”`;
  return form.depth > 1 ? `This is what the customer will get. Look it over, then ${press}.` : `A form is open. Look it over, then ${press}.`;
}

function beManager() {
  const { slack, mail: address } = role("manager");
  view("workspace");
  show({ owner: address, chosen: "", draft: null });
  go({ user: slack, channel: withApp(slack)?.id });
}

async function beColleague() {
  view("workspace");
  show({ owner: role("customer").mail, chosen: "", draft: null });
  go({ user: role("colleague").slack, channel: world.demo.channels.account });
  await act("slash", { channel: world.demo.channels.account, text: "/case new" });
}

/** For the steps of `journey.js`. A note and a mark may be skipped. */
export function prompt(all) {
  const form = world.slack.modals[place.user];
  if (form) return { words: open(form), deeds: [] };
  const next = all.find((step) => !step.done && !step.passed);
  return (PROMPTS[next?.id] ?? PROMPTS.end)();
}
