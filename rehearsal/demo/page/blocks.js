/** Blocks: Block Kit's layout, as it stands in messages, modals and the App Home. */

import { control } from "./controls.js";
import { h } from "./element.js";
import { emoji, shown } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";
import { names } from "./people.js";

/** `hold(block, element)` tells a control what it holds and where its values go (`controls.js`). */
export function blocks(all, hold) {
  return all.map((block) => (KINDS[block.type] ?? unknown)(block, hold));
}

/** A text object: mrkdwn, or plain words. */
const text = (object) => (object.type === "mrkdwn" ? mrkdwn(object.text, names) : [object.emoji === false ? object.text : shown(object.text)]);

const interactive = (element) => Boolean(element) && element.type !== "image";

function section(block, hold) {
  const accessory = block.accessory;
  return h("div", { class: "block section" },
    h("div", { class: "words" },
      block.text ? h("p", { class: block.text.type === "mrkdwn" ? null : "plain", dir: "auto" }, text(block.text)) : null,
      block.fields ? h("div", { class: "fields" }, block.fields.map((field) => h("p", { dir: "auto" }, text(field)))) : null),
    accessory ? control(accessory, interactive(accessory) ? hold(block, accessory) : {}) : null);
}

const header = (block) => h("h4", { class: "block", dir: "auto" }, text(block.text));
const divider = () => h("hr", { class: "block" });

function context(block) {
  return h("div", { class: "block context" }, block.elements.map((element) =>
    element.type === "image" ? h("img", { class: "thumb", src: element.image_url, alt: element.alt_text }) : h("span", { dir: "auto" }, text(element))));
}

const actions = (block, hold) => h("div", { class: "block actions" }, block.elements.map((element) => control(element, hold(block, element))));

function image(block) {
  return h("figure", { class: "block" }, block.title ? h("figcaption", {}, text(block.title)) : null, h("img", { src: block.image_url, alt: block.alt_text }));
}

function input(block, hold) {
  const held = hold(block, block.element);
  const alone = /text_input|number_input|_select$|picker/.test(block.element.type) && !block.element.type.startsWith("multi_");
  const made = control(block.element, { ...held, label: alone ? "" : shown(block.label.text), describedBy: `${held.id}-about` });
  const target = made.matches?.("input,textarea,select") ? made : made.querySelector("select,input");
  if (alone && target) target.id = held.id;
  return h("div", { class: `block input${held.invalid ? " wrong" : ""}` },
    h("label", { for: alone ? held.id : null }, shown(block.label.text), block.optional ? h("small", {}, " (optional)") : null),
    made,
    h("div", { id: `${held.id}-about` },
      held.invalid ? h("p", { class: "error", role: "alert" }, held.invalid) : null,
      block.hint ? h("p", { class: "hint" }, shown(block.hint.text)) : null));
}

function rich_text(block) {
  return h("div", { class: "block rich" }, block.elements.map(rich));
}

function rich(element) {
  const inside = (element.elements ?? []).map((piece) => (piece.elements ? rich(piece) : run(piece)));
  if (element.type === "rich_text_preformatted") return h("pre", {}, inside);
  if (element.type === "rich_text_quote") return h("blockquote", {}, inside);
  if (element.type === "rich_text_list") return h(element.style === "ordered" ? "ol" : "ul", {}, inside.map((each) => h("li", {}, each)));
  return h("p", { dir: "auto" }, inside);
}

function run(piece) {
  if (piece.type === "user") return h("span", { class: "mention" }, `@${names.user(piece.user_id) || piece.user_id}`);
  if (piece.type === "channel") return h("span", { class: "mention" }, `#${names.channel(piece.channel_id) || piece.channel_id}`);
  if (piece.type === "emoji") return emoji(piece.name);
  const words = piece.type === "link" ? h("a", { href: piece.url, target: "_blank", rel: "noopener noreferrer" }, piece.text ?? piece.url) : (piece.text ?? "");
  const tags = Object.entries({ bold: "b", italic: "i", strike: "s", code: "code" }).filter(([name]) => piece.style?.[name]);
  return tags.reduce((inner, [, tag]) => h(tag, {}, inner), words);
}

const markdown = (block) => h("div", { class: "block section" }, h("p", { class: "plain" }, block.text));
const unknown = (block) => h("p", { class: "block quiet" }, `(a block of type ${block.type})`);

const KINDS = { section, header, divider, context, actions, image, input, rich_text, markdown };
