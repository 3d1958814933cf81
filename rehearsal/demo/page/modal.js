/** The modal: the view that the app has opened for one, on top of the workspace. */

import { blocks } from "./blocks.js";
import { shown } from "./emoji.js";
import { h, icon, SHAPES } from "./element.js";
import { act, press } from "./hands.js";
import { place } from "./place.js";
import { post } from "./wire.js";
import { world } from "./world.js";

const layer = () => document.getElementById("modal");
let now = { id: "", sign: "", drafts: new Map(), files: new Map() };
const wanted = new Map();
let opener = null;
let underWay = Promise.resolve();

/** Into a field. A form is not submitted before its fields have what was typed: two requests may overtake each other. */
function put(name, what) {
  const sent = act(name, what);
  underWay = Promise.all([underWay, sent]);
  return sent;
}

/** Show what is on top of one's stack, or nothing. */
export function drawModal() {
  const view = world.slack.modals[place.user];
  if (view && !now.id) opener = document.activeElement?.closest("#desk") ? document.activeElement : null;
  layer().hidden = !view;
  document.getElementById("desk").inert = Boolean(view);
  if (!view) return void (now.id && leave());
  if (view.id !== now.id) now = { id: view.id, sign: "", drafts: new Map(), files: new Map() };
  const sign = `${view.hash}${JSON.stringify(view.errors)}`;
  if (sign !== now.sign) (now.sign = sign), redraw(view);
  else follow(view);
}

/** Words for a field of the next form, as if somebody had typed them. */
export function prepare(block, text) {
  wanted.set(block, text);
}

/** Back to where one came from. */
function leave() {
  const within = layer().contains(document.activeElement) || document.activeElement === document.body;
  layer().replaceChildren();
  if (within && opener) (opener.isConnected ? opener : document.getElementById("messages")).focus({ preventScroll: true });
  now = { id: "", sign: "", drafts: new Map(), files: new Map() };
}

function redraw(view) {
  const before = document.activeElement;
  const named = layer().contains(before) ? before.dataset.name : undefined;
  const selection = named && before.selectionStart !== undefined ? [before.selectionStart, before.selectionEnd] : null;
  const scrolled = layer().querySelector(".modal-body")?.scrollTop ?? 0;
  layer().replaceChildren(dialog(view));
  layer().querySelector(".modal-body").scrollTop = scrolled;
  const wrong = layer().querySelector("[aria-invalid=true]");
  const same = named && layer().querySelector(`[data-name="${CSS.escape(named)}"]`);
  if (document.activeElement?.closest("#mail")) return; // a form that opens does not interrupt somebody who writes
  (wrong ?? same ?? first())?.focus({ preventScroll: !wrong });
  if (selection && same === document.activeElement) same.setSelectionRange?.(...selection);
}

const first = () => layer().querySelector(".modal-body :is(input,textarea,select):not(.unseen)") ?? layer().querySelector("footer button:last-child");

const typed = (value) => (typeof value === "string" ? shown(value) : value);

/** What was typed for one elsewhere (by the story, through the API) is seen too. */
function follow(view) {
  for (const field of layer().querySelectorAll("input[data-name],textarea[data-name]")) {
    const [block, action] = field.dataset.name.split("\n");
    const value = typed(view.state.values[block]?.[action]?.value);
    const free = document.activeElement !== field && !now.drafts.has(field.dataset.name);
    if (free && typeof value === "string" && field.value !== value) field.value = value;
  }
}

function dialog(view) {
  const cancel = view.close?.text ?? "Cancel";
  return h("form", {
    class: "dialog", role: "dialog", "aria-modal": "true", "aria-labelledby": "modal-title", novalidate: true,
    onsubmit: (event) => (event.preventDefault(), submit(event.currentTarget, view)),
    onkeydown: (event) => {
      if (event.key === "Escape") act("close", { view: view.id });
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
    },
  },
  h("header", {},
    h("span", { class: "avatar app", "aria-hidden": "true" }, "✳"), h("h3", { id: "modal-title" }, view.title.text),
    h("button", { type: "button", class: "bare", "aria-label": "Close", onclick: () => act("close", { view: view.id, all: true }) }, icon(SHAPES.close))),
  h("div", { class: "modal-body scroll" }, blocks(view.blocks, (block, element) => hold(view, block, element))),
  h("footer", {},
    h("button", { type: "button", class: "button", onclick: () => act("close", { view: view.id }) }, cancel),
    view.submit ? h("button", { type: "submit", class: "button primary", "data-name": "submit" }, view.submit.text) : null));
}

/** Typed words stay here until the field is left or the form is sent; choices go to the workspace at once. */
function hold(view, block, element) {
  const name = `${block.block_id}\n${element.action_id}`;
  const value = view.state.values[block.block_id]?.[element.action_id];
  const given = { view: view.id, block_id: block.block_id, action_id: element.action_id };
  if (wanted.has(block.block_id) && block.type === "input" && !value?.value) (now.drafts.set(name, wanted.get(block.block_id)), wanted.delete(block.block_id));
  const draft = now.drafts.get(name);
  const chars = element.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered") && block.dispatch_action;
  let waiting;
  const send = (text) => (clearTimeout(waiting), now.drafts.delete(name), put("type", { ...given, text }));
  return {
    name, id: `field-${block.block_id}-${element.action_id}`.replace(/\W/g, "-"), invalid: view.errors[block.block_id],
    value: draft === undefined ? value : { ...value, value: draft },
    files: now.files.get(name) ?? [],
    press: (control) => press(control, "click", given),
    ask: async (text) => (await act("suggest", { view: view.id, action_id: element.action_id, text }))?.options ?? [],
    typed: (text) => {
      now.drafts.set(name, text);
      clearTimeout(waiting);
      if (chars) waiting = setTimeout(() => send(text), 500);
    },
    set: (chosen) => {
      if (element.type === "file_input") return attach(view, name, block.block_id, chosen);
      return "value" in (value ?? {}) || element.type === "rich_text_input" ? send(chosen) : put(block.type === "input" ? "choose" : "click", { ...given, value: chosen });
    },
  };
}

/** All files of the field, each time; their names are shown at once. */
async function attach(view, name, block_id, files) {
  now.files.set(name, files);
  redraw(world.slack.modals[place.user] ?? view);
  await put("attach", { view: view.id, block_id, files: files.map(({ name: called, mimetype, base64 }) => ({ name: called, mimetype, base64 })) });
}

async function submit(form, view) {
  const button = form.querySelector("button[type=submit]");
  if (!button || button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  try {
    await underWay;
    for (const [name, text] of now.drafts) {
      const [block_id, action_id] = name.split("\n");
      await post("/rehearsal/act", { act: "type", user: place.user, view: view.id, block_id, action_id, text });
    }
    await act("submit", { view: view.id });
  } finally {
    button.removeAttribute("aria-busy");
  }
}
