/** Controls: Block Kit's interactive elements, made of the browser's own, so that keyboards and readers know them. */

import { chooser, pendingFiles } from "./attachment.js";
import { h } from "./element.js";
import { shown } from "./emoji.js";
import { menu } from "./menu.js";
import { user } from "./people.js";
import { picker } from "./picker.js";
import { world } from "./world.js";

/**
 * `control(element, hold)`. `hold`: `{name, label, describedBy, invalid, value, set(value), press(control), ask(text)}`;
 * `value` is what the workspace holds for it now, `set` takes what was chosen or typed (`text: true` while typing).
 */
export function control(element, hold) {
  const make = KINDS[element.type] ?? KINDS[element.type.replace(/^multi_/, "")];
  return make ? make(element, hold) : h("span", { class: "quiet" }, `(${element.type})`);
}

const words = (object) => (object ? shown(object.text) : "");

const common = (element, hold) => ({
  "data-name": hold.name,
  "aria-label": hold.label || null,
  "aria-describedby": hold.describedBy || null,
  "aria-invalid": hold.invalid ? "true" : null,
});

/** Asks first where the app wants that ("Confirmation dialog object"). */
const sure = (element) =>
  !element.confirm || window.confirm([words(element.confirm.title), words(element.confirm.text)].filter(Boolean).join("\n\n"));

function button(element, hold) {
  const style = { primary: "primary", danger: "danger" }[element.style] ?? "";
  const given = { ...common(element, hold), class: `button ${style}`, "aria-label": element.accessibility_label ?? null };
  const press = (event) => sure(element) && hold.press(event.currentTarget);
  if (element.url) return h("a", { ...given, href: element.url, target: "_blank", rel: "noopener noreferrer", onclick: press }, words(element.text));
  return h("button", { ...given, type: "button", onclick: press }, words(element.text));
}

function overflow(element, hold) {
  const items = element.options.map((option) => ({ label: words(option.text), url: option.url, value: option.value }));
  return menu(items, { label: "More actions", name: hold.name, chosen: (item) => sure(element) && hold.set(item.value) });
}

/** A menu of options; those of a message jump back to their title, as they are deeds and no facts. */
function select(element, hold) {
  const groups = element.option_groups?.map((group) => [words(group.label), group.options]) ?? [["", optionsOf(element)]];
  const all = groups.flatMap(([, options]) => options);
  const chosen = hold.value?.selected_option?.value ?? hold.value?.selected_user ?? hold.value?.selected_channel ?? hold.value?.selected_conversation ?? "";
  const option = (each) => h("option", { value: each.value }, words(each.text));
  const about = h("small", { class: "about" });
  const tell = () => (about.textContent = words(all.find((each) => each.value === made.value)?.description));
  const made = h("select", {
    ...common(element, hold),
    "aria-label": (hold.label ?? words(element.placeholder)) || null,
    onchange: () => {
      tell();
      if (sure(element)) hold.set(made.value, made);
    },
  }, h("option", { value: "", disabled: Boolean(chosen) }, words(element.placeholder) || "Choose one"),
  groups.map(([label, options]) => (label ? h("optgroup", { label }, options.map(option)) : options.map(option))));
  made.value = chosen;
  made.restore = (value) => ((made.value = value), tell());
  tell();
  return h("span", { class: "select" }, made, about);
}

function optionsOf(element) {
  const plain = (text, value) => ({ text: { text }, value });
  if (element.type.includes("users")) return world.slack.users.filter((each) => !each.is_bot).map((each) => plain(each.real_name, each.id));
  if (/channels|conversations/.test(element.type)) return world.slack.channels.filter((each) => each.kind !== "im").map((each) => plain(`#${each.name}`, each.id));
  return element.options ?? [];
}

/** Several of them, or one that the app is asked for by letters. */
function several(element, hold) {
  const option = (id) => ({ value: id, text: { text: user(id)?.real_name ?? id } });
  const held = hold.value?.selected_options ?? hold.value?.selected_users?.map(option) ?? hold.value?.selected_channels?.map(option) ?? [hold.value?.selected_option].filter(Boolean);
  const plain = (each) => ({ value: each.value, label: words(each.text) });
  const fetched = element.type.includes("external");
  const offered = element.option_groups?.flatMap((group) => group.options) ?? optionsOf(element);
  return picker({
    ...hold,
    placeholder: words(element.placeholder) || "Add…",
    held: held.map(plain),
    offered: offered.map(plain),
    most: element.type.startsWith("multi_") ? (element.max_selected_items ?? 100) : 1,
    least: element.min_query_length ?? 3,
    ask: fetched ? async (text) => (await hold.ask(text)).map(plain) : null,
    set: (values) => hold.set(element.type.startsWith("multi_") ? values : (values[0] ?? null)),
  });
}

const radio = (element, hold) => boxes(element, hold, "radio", [hold.value?.selected_option?.value]);
const checkboxes = (element, hold) => boxes(element, hold, "checkbox", (hold.value?.selected_options ?? []).map((each) => each.value));

function boxes(element, hold, type, chosen) {
  const inputs = element.options.map((option, index) =>
    h("input", {
      type, name: `${hold.id}`, value: option.value, checked: chosen.includes(option.value), "data-name": index ? `${hold.name}/${index}` : hold.name,
      "aria-describedby": hold.describedBy || null,
      onchange: () => hold.set(type === "radio" ? option.value : inputs.filter((each) => each.checked).map((each) => each.value)),
    }));
  return h("div", { class: "boxes", role: type === "radio" ? "radiogroup" : "group", "aria-label": hold.label || null }, element.options.map((option, index) =>
    h("label", {}, inputs[index], h("span", {}, words(option.text), option.description ? h("small", {}, words(option.description)) : null))));
}

function text(element, hold) {
  const lines = element.multiline || element.type === "rich_text_input";
  const kind = { email_text_input: "email", url_text_input: "url", number_input: "number" }[element.type] ?? "text";
  const made = h(lines ? "textarea" : "input", {
    ...common(element, hold),
    type: lines ? null : kind, rows: lines ? 5 : null, dir: "auto",
    maxlength: element.max_length ?? 3000, placeholder: words(element.placeholder) || null,
    value: shown(hold.value?.value ?? plainWords(hold.value?.rich_text_value) ?? ""),
    oninput: () => hold.typed(made.value),
    onchange: () => hold.set(made.value),
  });
  return made;
}

const plainWords = (rich) => rich?.elements?.flatMap((each) => each.elements.map((piece) => piece.text ?? "")).join("");

function dated(element, hold) {
  const [type, value] = { datepicker: ["date", hold.value?.selected_date], timepicker: ["time", hold.value?.selected_time] }[element.type] ?? ["datetime-local", ""];
  const made = h("input", { ...common(element, hold), type, value: value ?? "", onchange: () => hold.set(type === "datetime-local" ? Date.parse(made.value) / 1000 : made.value || null) });
  return made;
}

function files(element, hold) {
  const held = hold.files ?? [];
  const most = element.max_files ?? 10;
  const take = (more) => hold.set([...held, ...more].slice(0, most));
  const shownOnes = pendingFiles(held, (gone) => hold.set(held.filter((each) => each !== gone)));
  const [input, clip] = chooser(take, { label: hold.label || "Add files", name: hold.name });
  clip.className = "button";
  clip.append(h("span", {}, "Add files"));
  return h("div", { class: "holder" }, shownOnes, input, clip, h("small", { class: "about" }, most === 1 ? "One file" : `Up to ${most} files`));
}

const image = (element) => h("img", { class: "thumb", src: element.image_url, alt: element.alt_text });

const KINDS = {
  button, overflow, image, checkboxes, static_select: select, users_select: select, channels_select: select, conversations_select: select,
  radio_buttons: radio, external_select: several, multi_static_select: several, multi_users_select: several,
  multi_channels_select: several, multi_conversations_select: several, multi_external_select: several,
  plain_text_input: text, email_text_input: text, url_text_input: text, number_input: text, rich_text_input: text,
  datepicker: dated, timepicker: dated, datetimepicker: dated, file_input: files,
};
