/** mrkdwn, Slack's markup of messages ("Formatting message text"), as nodes: all that is not markup stays text. */

import { filled } from "./clock.js";
import { h } from "./element.js";
import { shown } from "./emoji.js";

const ATOM = /<([^<>\n]+)>|`([^`\n]+)`/g;
const MARKS = { "*": "b", _: "i", "~": "s" };
const HELD = 0xe000;
const PRIVATE = /[\ue000-\uf8ff]/g;

/** Nodes for a text. `names.user(id)` and `names.channel(id)` tell how a mention reads. */
export function mrkdwn(text, names) {
  const pieces = String(text).replace(PRIVATE, "").split(/```\n?([^]*?)\n?```\n?/);
  return pieces.flatMap((piece, index) => (index % 2 ? h("pre", {}, decoded(piece)) : lines(piece, names)));
}

/** Without any markup, for a list or an announcement. */
export const plainly = (text, names) => mrkdwn(text, names).map((node) => node.textContent ?? node).join("");

/** Quotations are blocks; everything else runs on, line by line. */
function lines(text, names) {
  const made = [];
  let quoted = [];
  const end = () => {
    if (quoted.length) made.push(h("blockquote", {}, broken(quoted, names)));
    quoted = [];
  };
  let words = [];
  const say = () => {
    if (words.length) made.push(...broken(words, names));
    words = [];
  };
  for (const line of text.split("\n")) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quote) (say(), quoted.push(quote[1]));
    else (end(), words.push(line));
  }
  say();
  end();
  return made;
}

const broken = (all, names) => all.flatMap((line, index) => (index ? [h("br"), ...inline(line, names)] : inline(line, names)));

/** Links, mentions and code are set aside first: a `*` within them marks nothing. */
function inline(line, names) {
  const atoms = [];
  const held = line.replace(ATOM, (all, angle, code) => {
    atoms.push(angle === undefined ? h("code", {}, decoded(code)) : token(angle, names));
    return String.fromCharCode(HELD + Math.min(atoms.length - 1, 6000));
  });
  return marked(held, atoms);
}

/** `*bold*`, `_italic_`, `~struck~`: a mark opens before a word and closes behind one. */
function marked(text, atoms) {
  const found = /(^|[^\p{L}\p{N}*_~])([*_~])(?=\S)(.*?\S)\2(?![\p{L}\p{N}*_~])/u.exec(text);
  if (!found) return words(text, atoms);
  const start = found.index + found[1].length;
  const rest = text.slice(start + found[3].length + 2);
  return [
    ...words(text.slice(0, start), atoms),
    h(MARKS[found[2]], {}, marked(found[3], atoms)),
    ...marked(rest, atoms),
  ];
}

const words = (text, atoms) =>
  text.split(/([\ue000-\uf8ff])/).filter(Boolean).map((piece) => atoms[piece.charCodeAt(0) - HELD] ?? shown(decoded(piece)));

/** What stands in angle brackets. */
function token(inner, names) {
  const [what, label] = split(inner);
  if (what.startsWith("@")) return h("span", { class: "mention" }, `@${names.user(what.slice(1)) || label || what.slice(1)}`);
  if (what.startsWith("#")) return h("span", { class: "mention" }, `#${names.channel(what.slice(1)) || label || what.slice(1)}`);
  if (what.startsWith("!date^")) {
    const [, seconds, form] = what.split("^");
    return filled(form ?? "", seconds) || label;
  }
  if (what.startsWith("!")) return h("span", { class: "mention" }, `@${label || what.slice(1)}`);
  const url = decoded(what);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, decoded(label || url.replace(/^mailto:/, "")));
}

function split(inner) {
  const bar = inner.indexOf("|");
  return bar < 0 ? [inner, ""] : [inner.slice(0, bar), inner.slice(bar + 1)];
}

/** Slack escapes these three and no others ("Escaping text"). */
const decoded = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
