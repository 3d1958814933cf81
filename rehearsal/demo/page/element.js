/** Elements: the only way this page makes any, so that foreign words are always text and never markup. */

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "inert", "multiple", "required", "selected"]);

/**
 * `h("p", {class: "quiet", onclick: f}, "words", child, [more])`: an element. Attributes that are null or
 * undefined are left out; what is no node becomes text.
 */
export function h(tag, given, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given ?? {})) put(made, name, value);
  made.append(...inside.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false && each !== ""));
  return made;
}

function put(made, name, value) {
  if (value === null || value === undefined) return;
  if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
  else if (PROPERTIES.has(name)) made[name] = value;
  else if (name === "href") {
    const url = webUrl(value);
    if (url) made.setAttribute("href", url);
  } else made.setAttribute(name, value === true ? "" : String(value));
}

/** The URL if a browser may follow it without doing what the author of the words wants: http, https, mailto. */
export function webUrl(url) {
  try {
    const parsed = new URL(url, location.href);
    return ["http:", "https:", "mailto:", "blob:"].includes(parsed.protocol) ? parsed.href : "";
  } catch {
    return "";
  }
}

/**
 * Make `list` show `items`, and touch only what is new or changed: focus, selection and scroll stay.
 * `key` names an item, `sign` is all that its look depends on, `draw` makes its element.
 */
export function keyed(list, items, { key, sign, draw }) {
  const before = new Map([...list.children].map((child) => [child.dataset.key, child]));
  let last = null;
  for (const item of items) {
    const name = String(key(item));
    const signature = sign(item);
    let child = before.get(name);
    before.delete(name);
    if (!child || child.signature !== signature) {
      const fresh = draw(item);
      fresh.dataset.key = name;
      fresh.signature = signature;
      if (child) replace(child, fresh);
      else fresh.classList.add("new");
      child = fresh;
    }
    const place = last ? last.nextSibling : list.firstChild;
    if (child !== place) list.insertBefore(child, place);
    last = child;
  }
  for (const gone of before.values()) gone.remove();
}

/** In its place, and the focus moves along to the control of the same name. */
function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.name : undefined;
  old.replaceWith(fresh);
  if (focused) fresh.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** A picture of our own, drawn with one path. */
export function icon(path, label = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  if (label) svg.setAttribute("aria-label", label);
  else svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const SHAPES = {
  back: "M15 5l-7 7 7 7",
  clip: "M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L9.7 17.2a1.7 1.7 0 0 1-2.4-2.4L15 7",
  close: "M6 6l12 12M18 6L6 18",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  mail: "M3.5 6h17v12.5h-17zM3.5 7l8.5 6.5L20.5 7",
  pen: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  reply: "M10 6L4 12l6 6M4 12h9a7 7 0 0 1 7 7",
  send: "M4 12l16-8-6 16-3-6z",
  smile: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9 10v.5M15 10v.5M8.5 14.5a4.2 4.2 0 0 0 7 0",
  thread: "M4 5h16v11H10l-4 4v-4H4zM8 9h8M8 12h5",
};
