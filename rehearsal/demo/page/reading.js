/** Reading: one mail in full, its HTML in a frame where nothing of it can act; or the mail that is being written. */

import { shownFiles } from "./attachment.js";
import { exactly, time } from "./clock.js";
import { drawDraft } from "./draft.js";
import { h, icon, SHAPES } from "./element.js";
import { box, nameOf, person, write } from "./mailbox.js";
import { avatar, first } from "./people.js";

const part = () => document.getElementById("reading");
let shownKey = "";

/** `mail`: what is chosen, or undefined. Redrawn only when it is another one. */
export function drawReading(mail) {
  const key = box.draft ? `draft ${box.draft.key}` : mail ? `mail ${mail.id}` : `nothing of ${box.owner}`;
  if (key === shownKey) return;
  shownKey = key;
  part().replaceChildren(box.draft ? drawDraft(box.draft) : mail ? letter(mail) : nothing());
  part().scrollTop = 0;
}

/** As an answer begins: to whom the mail wants answers, `Re:` once. */
export function answer(mail, given = {}) {
  const subject = /^re:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}`;
  return write({ to: mail.sent ? mail.to : mail.reply_to || mail.from, subject, answers: mail, owner: box.owner, ...given });
}

const nothing = () => h("p", { class: "empty" }, icon(SHAPES.mail), `No mail yet. What ${first(person().name)} sends and gets will be here.`);

function letter(mail) {
  return h("article", { class: "letter", "aria-label": mail.subject },
    h("header", {},
      h("h3", { dir: "auto" }, mail.subject || "(no subject)"),
      h("div", { class: "by" }, avatar(nameOf(mail.from), { bot: / via |Support/.test(mail.from) && !mail.from.includes(" via ") }),
        h("div", {}, h("b", {}, nameOf(mail.from)), h("small", {}, `to ${nameOf(mail.to)}`)),
        h("time", { title: exactly(mail.at) }, time(mail.at)),
        h("button", { type: "button", class: "button", onclick: () => answer(mail) }, icon(SHAPES.reply), mail.sent ? "Write again" : "Reply"))),
    mail.html ? frame(mail) : plain(mail.text), shownFiles(mail.attachments));
}

/** No scripts, no forms, nothing from elsewhere; links open beside. `allow-same-origin` only so that we can measure it. */
function frame(mail) {
  const made = h("iframe", {
    title: `Mail: ${mail.subject}`, sandbox: "allow-same-origin allow-popups allow-popups-to-escape-sandbox",
    srcdoc: `<base target="_blank">${mail.html}`,
  });
  made.addEventListener("load", () => {
    const inside = made.contentDocument;
    const fit = () => (made.style.height = `${inside.documentElement.scrollHeight}px`);
    inside.documentElement.style.overflowY = "hidden";
    fit();
    new ResizeObserver(fit).observe(made);
    inside.addEventListener("click", (event) => mailto(event, event.target.closest?.("a[href^='mailto:']")));
  });
  return made;
}

/** `mailto:` opens this mail program, with the subject and the words that the link proposes. */
function mailto(event, link) {
  if (!link) return;
  event.preventDefault();
  const url = new URL(link.href);
  write({ to: decodeURIComponent(url.pathname), subject: url.searchParams.get("subject") ?? "", text: url.searchParams.get("body") ?? "" });
}

const URLS = /(https?:\/\/[^\s<>"')\]]+[^\s<>"')\].,;:!?])/;

/** Lines as they are, addresses as links; the quotation at the foot only for who wants it. */
function plain(text) {
  const lines = text.trimEnd().split("\n");
  const quotation = lines.findIndex((line, index) => line.startsWith(">") && lines.slice(index).every((each) => !each || each.startsWith(">")));
  const cut = quotation < 0 ? lines.length : lines.findLastIndex((line, index) => index < quotation && /^On .*\d/.test(line));
  const own = lines.slice(0, cut < 0 ? quotation : cut);
  const rest = lines.slice(own.length);
  return h("div", { class: "plain-mail", dir: "auto" }, linked(own.join("\n").trimEnd()),
    rest.length ? h("details", {}, h("summary", {}, "The mail it answers"), h("div", { class: "quoted" }, linked(rest.join("\n").replace(/^> ?/gm, "")))) : null);
}

const linked = (text) => text.split(URLS).map((piece, index) => (index % 2 ? h("a", { href: piece, target: "_blank", rel: "noopener noreferrer" }, piece) : piece));
