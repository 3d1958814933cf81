/** The mailbox: whose it is, and the list of its mails, newest first. */

import { day, exactly, time } from "./clock.js";
import { h, icon, keyed, SHAPES } from "./element.js";
import { drawReading } from "./reading.js";
import { avatar, first } from "./people.js";
import { hint } from "./tabs.js";
import { tell, watch, world } from "./world.js";

const part = (id) => document.getElementById(id);

/** `owner`: an address; `chosen`: a mail's id; `draft`: what is being written, or null (`draft.js`). */
export const box = { owner: "", chosen: "", draft: null };
const opened = new Set();

/** Hang it into the page. */
export function openMailbox() {
  part("write").onclick = () => write({});
  part("write").prepend(icon(SHAPES.pen));
  part("owner").onchange = (event) => show({ owner: event.target.value, chosen: "", draft: null });
  watch(draw);
}

export const person = (address = box.owner) => Object.values(world.demo.people).find((each) => each.mail === address) ?? { name: address, mail: address };

/** Look at a mailbox, a mail, or what is being written. */
export function show(what) {
  Object.assign(box, what);
  tell();
}

/** Begin a mail: `{to, subject, text, answers (a MAIL), files}`, all of it optional. */
export function write({ to = world.demo.desk, subject = "", text = "", answers = null, files = [], owner = box.owner }) {
  show({ owner, draft: { key: `${Date.now()}`, to, subject, text, answers, files } });
  return box.draft;
}

/** Ana of `"Ana Ferrer" <ana@acme.example>`, or the address. */
export const nameOf = (header) => header.replace(/\s*<[^>]*>\s*$/, "").replace(/^"|"$/g, "") || header;

export const mailsOf = (owner) => world.mail.mailboxes[owner] ?? [];

function draw() {
  box.owner ||= world.demo.people.customer?.mail ?? Object.keys(world.mail.mailboxes)[0] ?? "";
  drawOwners();
  const mails = [...mailsOf(box.owner)].reverse();
  follow(mails);
  if (!box.draft && part("mails").offsetParent) opened.add(box.chosen);
  keyed(part("mails"), mails, { key: (mail) => mail.id, sign: (mail) => JSON.stringify([mail.id, box.chosen === mail.id && !box.draft, isNew(mail)]), draw: row });
  hint("mail", mails.some(isNew));
  document.querySelector(".inbox").hidden = !mails.length;
  drawReading(mails.find((mail) => mail.id === box.chosen));
}

/** Whoever looks at the newest mail, or at one just sent, goes on to the newest one. */
let newest = "";
function follow(mails) {
  if (!mails.length || mails[0].id === newest) return;
  const chosen = mails.find((mail) => mail.id === box.chosen);
  const stays = chosen && !chosen.sent && chosen.id !== newest;
  newest = mails[0].id;
  if (!stays) box.chosen = mails[0].id;
}

const isNew = (mail) => !mail.sent && !opened.has(mail.id);

function drawOwners() {
  const owners = [...new Set([...Object.values(world.demo.people).map((each) => each.mail), ...Object.keys(world.mail.mailboxes)])];
  const sign = JSON.stringify([owners.map((each) => [each, mailsOf(each).filter(isNew).length]), box.owner]);
  if (part("owner").signature === sign) return;
  part("owner").signature = sign;
  part("owner").replaceChildren(...owners.map((address) => {
    const news = address === box.owner ? 0 : mailsOf(address).filter(isNew).length;
    return h("option", { value: address, selected: address === box.owner }, `${person(address).name}${news ? ` (${news} new)` : ""}`);
  }));
  part("mail-title").textContent = `${first(person().name)}’s mail`;
}

function row(mail) {
  const other = nameOf(mail.sent ? mail.to : mail.from);
  return h("li", {}, h("button", {
    type: "button", class: isNew(mail) ? "unread" : null, "data-name": mail.id, "aria-current": box.chosen === mail.id && !box.draft ? "true" : null,
    onclick: () => (opened.add(mail.id), show({ chosen: mail.id, draft: null })),
  },
  avatar(nameOf(mail.from), { bot: mail.from.includes(`<${world.demo.desk}>`) && !mail.from.includes(" via ") }),
  h("span", { class: "row" },
    h("span", { class: "who" }, h("b", {}, mail.sent ? `To ${other}` : other), mail.attachments.length ? icon(SHAPES.clip, "with files") : null,
      h("time", { title: exactly(mail.at) }, day(mail.at) === "Today" ? time(mail.at) : day(mail.at))),
    h("span", { class: "subject" }, mail.subject || "(no subject)"), h("span", { class: "snippet" }, snippet(mail)))));
}

/** The first words that somebody wrote for a reader. */
function snippet(mail) {
  const own = mail.text.split(/\n\s*(?:On [^\n]*wrote:|>)/)[0];
  const lines = own.split("\n").map((line) => line.trim()).filter((line) => line && !/^([—>-]|CS-\d+ ·|\w+ · \w+|.* · \d+ \w+ \d{4})/.test(line));
  return lines.slice(0, 3).join(" ").slice(0, 140);
}
