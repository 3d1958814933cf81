/** The menu behind a "⋯": a button, and what it opens. */

import { h } from "./element.js";

/** `items`: `{label, value, url?}`; `chosen(item)` is called with the one that was picked. */
export function menu(items, { label, name = "", face = "⋯", look = "button", chosen }) {
  const list = h("div", { class: "menu", role: "menu", hidden: true }, items.map((item) => entry(item, (picked) => (close(), chosen(picked)))));
  const button = h("button", {
    type: "button", class: look, "data-name": name || null, "aria-label": label, title: label, "aria-haspopup": "menu", "aria-expanded": "false",
    onclick: () => (list.hidden ? open() : close()),
  }, face);
  const whole = h("span", { class: "holds-menu", onkeydown: (event) => steer(event) }, button, list);
  const outside = (event) => whole.contains(event.target) || close();

  function open() {
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", outside);
    fit(list);
    list.firstElementChild?.focus();
  }

  function close() {
    if (list.hidden) return;
    const within = list.contains(document.activeElement);
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside);
    if (within) button.focus();
  }

  function steer(event) {
    const entries = [...list.children];
    const at = entries.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && !list.hidden) (event.stopPropagation(), close());
    else if (step && list.hidden) open();
    else if (step) entries[(at + step + entries.length) % entries.length]?.focus();
    else return;
    event.preventDefault();
  }

  return whole;
}

/** Not beyond the edges of what scrolls around it. */
function fit(list) {
  list.classList.remove("left", "up");
  const around = list.closest(".scroll")?.getBoundingClientRect();
  const own = list.getBoundingClientRect();
  if (!around) return;
  list.classList.toggle("left", own.right > around.right - 8);
  list.classList.toggle("up", own.bottom > around.bottom - 4 && own.height < own.top - around.top);
}

function entry(item, picked) {
  const given = { role: "menuitem", tabindex: "-1", class: "entry" };
  if (item.url) return h("a", { ...given, href: item.url, target: "_blank", rel: "noopener noreferrer", onclick: () => picked(item) }, item.label);
  return h("button", { ...given, type: "button", onclick: () => picked(item) }, item.label);
}
