/** Toasts: one line about what was just done, or why it was not; said aloud too. */

import { h } from "./element.js";

/** `kind`: `good` or `bad`; `where`: `mail` or `workspace`. It leaves by itself, or for the next one. */
export function toast(words, kind, where) {
  const line = h("p", { class: `toast ${kind}` }, words);
  document.getElementById(`${where}-toasts`).replaceChildren(line);
  setTimeout(() => line.remove(), kind === "bad" ? 9000 : 3500);
}
