/** The picker: several of many, as chips that can be taken out again. */

import { h, icon, SHAPES } from "./element.js";

/**
 * `held` and `offered`: `{value, label}`; `ask(text)`: fetches what is offered for these letters, or null where all
 * is offered at once; `set(values)` hears of each change.
 */
export function picker({ name, label, describedBy, placeholder, held, offered, most, least, ask, set }) {
  const change = (next) => set(next.map((each) => each.value));
  const chips = held.map((each) =>
    h("span", { class: "chip" }, h("span", { class: "name" }, each.label),
      h("button", { type: "button", class: "bare", "aria-label": `Take out ${each.label}`, onclick: () => change(held.filter((other) => other !== each)) }, icon(SHAPES.close))));
  const add = (value, all) => {
    const found = all.find((each) => each.value === value);
    if (found) change([...held, found].slice(-most));
  };
  const rest = offered.filter((each) => !held.some((other) => other.value === each.value));
  const given = { "data-name": name, "aria-label": label || placeholder, "aria-describedby": describedBy || null };
  const more = ask ? searching(given, { placeholder, least, ask, add }) : listing(given, { placeholder, rest, add });
  return h("div", { class: "holder" }, chips, held.length < most || most === 1 ? more : null);
}

function listing(given, { placeholder, rest, add }) {
  const made = h("select", { ...given, onchange: () => add(made.value, rest) },
    h("option", { value: "" }, placeholder), rest.map((each) => h("option", { value: each.value }, each.label)));
  return h("span", { class: "select" }, made);
}

function searching(given, { placeholder, least, ask, add }) {
  const found = h("div", { class: "found" });
  let waiting;
  const look = async (text) => {
    const all = text.length < least ? [] : await ask(text);
    found.replaceChildren(...all.map((each) => h("button", { type: "button", class: "button", onclick: () => add(each.value, all) }, each.label)));
  };
  const input = h("input", { ...given, type: "search", placeholder, oninput: () => (clearTimeout(waiting), (waiting = setTimeout(() => look(input.value), 250))) });
  return h("span", { class: "searching" }, input, found);
}
