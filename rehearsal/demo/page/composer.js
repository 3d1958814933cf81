/** The composer: where one writes a message or a command. */

import { chooser, pendingFiles } from "./attachment.js";
import { h, icon, SHAPES } from "./element.js";
import { act } from "./hands.js";
import { toast } from "./toast.js";
import { place } from "./place.js";
import { world } from "./world.js";

const VERBS = [
  ["new", "open a case"], ["my", "your cases"], ["show CS-000001", "one case"], ["reply CS-000001 …", "answer on a case"],
  ["close CS-000001", "close it"], ["reopen CS-000001", "it is not over"], ["concern CS-000001", "ask for the manager"], ["help", "all there is"],
];

/** `where()`: `{channel, thread, label}`, as it is when something is sent. Each place keeps its own draft. */
export function composer(where) {
  const drafts = new Map();
  let shownKey = "";
  const hints = h("div", { class: "commands", hidden: true });
  const chips = h("div", { class: "pending" });
  const input = h("textarea", { rows: 1, dir: "auto", oninput: () => (keep(), grow(), suggest()), onkeydown: keys });
  const whole = h("form", { class: "composer", onsubmit: (event) => (event.preventDefault(), send()) }, hints, chips,
    h("div", { class: "line" }, chooser((files) => ((draft().files = [...draft().files, ...files]), drawFiles())), input,
      h("button", { class: "bare go", "aria-label": "Send", title: "Send (Enter)" }, icon(SHAPES.send))));

  const key = () => `${place.user}/${where().channel}/${where().thread}`;
  const draft = () => drafts.get(key()) ?? drafts.set(key(), { text: "", files: [] }).get(key());
  const keep = () => (draft().text = input.value);

  function draw() {
    const { label } = where();
    input.placeholder = label;
    input.setAttribute("aria-label", label);
    if (key() === shownKey) return;
    shownKey = key();
    input.value = draft().text;
    drawFiles();
    grow();
    suggest();
  }

  function drawFiles() {
    chips.replaceChildren(...pendingFiles(draft().files, (gone) => ((draft().files = draft().files.filter((each) => each !== gone)), drawFiles())));
  }

  function grow() {
    input.style.height = "auto";
    if (input.scrollHeight) input.style.height = `${Math.min(input.scrollHeight, 160)}px`;
  }

  function keys(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) (event.preventDefault(), send());
    if (event.key === "Tab" && !hints.hidden && !event.shiftKey) (event.preventDefault(), complete(hints.firstElementChild.dataset.text));
    if (event.key === "Escape") hints.hidden = true;
  }

  function suggest() {
    const typed = input.value;
    const offered = typed.startsWith("/") && !where().thread ? commands().filter(([text]) => text.startsWith(typed.trimEnd()) && text !== typed) : [];
    hints.hidden = !offered.length;
    hints.replaceChildren(...offered.map(([text, about]) =>
      h("button", { type: "button", "data-text": text, onclick: () => complete(text) }, h("b", {}, text), h("span", {}, about))));
  }

  function complete(text) {
    input.value = text.replace(/ ?…$/, " ");
    keep();
    suggest();
    input.focus();
  }

  async function send() {
    const { channel, thread } = where();
    const { text, files } = draft();
    if (!text.trim() && !files.length) return;
    if (/^\/\w/.test(text) && thread) return void toast("A slash command does not work in a thread; “!help” says what does.", "bad", "workspace");
    drafts.delete(key());
    shownKey = "";
    draw();
    const sent = /^\/\w/.test(text) ? await act("slash", { channel, text: text.trim() }) : await act("post", { channel, text, thread_ts: thread || undefined, files });
    if (!sent && !input.value) ((input.value = text), keep(), grow());
  }

  return { whole, draw, fill: complete };
}

const commands = () => world.slack.app.commands.flatMap((name) => VERBS.map(([verb, about]) => [`${name} ${verb}`, about]));
