/** The draft: a mail that is being written, and how it is handed over to casebot. */

import { chooser, pendingFiles } from "./attachment.js";
import { h, icon, SHAPES } from "./element.js";
import { box, person, show } from "./mailbox.js";
import { toast } from "./toast.js";
import { post } from "./wire.js";
import { refresh } from "./world.js";

/** The form for `box.draft`; what is typed goes into it at once. */
export function drawDraft(draft) {
  const field = (name, label) => {
    const input = h("input", { id: `draft-${name}`, value: draft[name], dir: "auto", oninput: () => (draft[name] = input.value) });
    return [h("label", { for: `draft-${name}` }, label), input];
  };
  const text = h("textarea", { id: "draft-text", "aria-label": "Your words", dir: "auto", value: draft.text, placeholder: "Write…", oninput: () => (draft.text = text.value) });
  const chips = h("div", { class: "pending" });
  const files = () => chips.replaceChildren(...pendingFiles(draft.files, (gone) => ((draft.files = draft.files.filter((each) => each !== gone)), files())));
  const form = h("form", {
    class: "draft", "aria-label": draft.answers ? "Answer" : "New mail",
    onsubmit: (event) => (event.preventDefault(), send(draft)),
    onkeydown: (event) => (event.ctrlKey || event.metaKey) && event.key === "Enter" && send(draft),
  },
  h("div", { class: "heads" }, field("to", "To"), field("subject", "Subject")), text,
  draft.answers ? h("p", { class: "quiet" }, "The mail you answer is quoted below your words.") : null, chips,
  h("footer", {},
    h("button", { class: "button primary", id: "draft-send" }, icon(SHAPES.send), "Send"),
    chooser((more) => ((draft.files = [...draft.files, ...more]), files())),
    h("button", { type: "button", class: "button plain", onclick: () => show({ draft: null }) }, "Discard")));
  files();
  setTimeout(() => (draft.subject ? text : form.querySelector("#draft-subject")).focus({ preventScroll: true }));
  return form;
}

/** Hand it over by SMTP; if it is refused, the listener's own answer is shown. The draft stays where it was refused. */
export async function send(draft) {
  const button = document.getElementById("draft-send");
  if (button?.getAttribute("aria-busy")) return;
  button?.setAttribute("aria-busy", "true");
  try {
    const { name, mail } = person(box.owner);
    const told = await post("/mail/send", {
      from: name === mail ? mail : `${name} <${mail}>`, to: draft.to, subject: draft.subject, text: draft.text,
      in_reply_to: draft.answers?.message_id, files: draft.files.map(({ name: called, base64 }) => ({ name: called, base64 })),
    });
    toast(told.ok ? "Sent. casebot has it." : `Not sent: casebot’s mail server says “${told.code} ${told.reply}”. Your draft is still here.`, told.ok ? "good" : "bad", "mail");
    if (told.ok) show({ draft: null, chosen: told.mail.id });
  } catch (error) {
    toast(error.message, "bad", "mail");
  } finally {
    button?.removeAttribute("aria-busy");
  }
  await refresh("mail").catch(() => {});
}
