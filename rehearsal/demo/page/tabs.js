/** The tabs of a narrow page: mail or workspace, one at a time. */

import { tell } from "./world.js";

const part = (id) => document.getElementById(id);

/** Hang them into the page. */
export function openTabs() {
  for (const name of ["mail", "workspace"]) part(`tab-${name}`).onclick = () => view(name);
}

/** A dot on the tab that one does not look at, when there is something new behind it. */
export function hint(name, news) {
  part(`tab-${name}`).classList.toggle("news", news && document.body.dataset.view !== name);
}

/** Show `mail` or `workspace`; a wide page shows both anyhow. */
export function view(name) {
  document.body.dataset.view = name;
  for (const each of ["mail", "workspace"]) part(`tab-${each}`).setAttribute("aria-pressed", String(each === name));
  tell();
}
