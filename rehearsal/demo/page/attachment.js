/** Attachments: files that somebody chose, and files that were sent, with their names, sizes and pictures. */

import { h, icon, SHAPES } from "./element.js";

/** `12 kB` */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A File of the browser as both APIs take it: `{name, mimetype, size, base64}`. */
export async function wrapped(file) {
  const url = await new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => failed(new Error(`${file.name} cannot be read`));
    reader.readAsDataURL(file);
  });
  return { name: file.name, mimetype: file.type || undefined, size: file.size, base64: url.slice(url.indexOf(",") + 1) };
}

/** What was sent: a picture to look at, or a name to save. `files`: `{name, size, url, mimetype?}`. */
export function shownFiles(files) {
  if (!files.length) return null;
  return h("ul", { class: "files" }, files.map((file) => h("li", {}, picture(file), chip(file))));
}

const isPicture = (file) => /^image\/(png|jpeg|gif|webp)$/.test(file.mimetype ?? "") || (!file.mimetype && /\.(png|jpe?g|gif|webp)$/i.test(file.name));

function picture(file) {
  if (!isPicture(file)) return null;
  const shown = h("img", { src: file.url, alt: `Picture: ${file.name}`, loading: "lazy" });
  return h("a", { class: "picture", href: file.url, target: "_blank", rel: "noopener" }, shown);
}

function chip(file) {
  return h("a", { class: "chip", href: file.url, download: file.name }, icon(SHAPES.file), h("span", { class: "name" }, file.name), h("small", {}, size(file.size)));
}

/** What is about to be sent: names, each with a button to take it out again. */
export function pendingFiles(files, drop) {
  return files.map((file) =>
    h("span", { class: "chip" }, icon(SHAPES.file), h("span", { class: "name" }, file.name), h("small", {}, size(file.size)),
      h("button", { type: "button", class: "bare", "aria-label": `Take out ${file.name}`, onclick: () => drop(file) }, icon(SHAPES.close))));
}

/** A button that lets one choose files; `took(files)` gets them wrapped. */
export function chooser(took, { label = "Attach files", name = "" } = {}) {
  const input = h("input", {
    type: "file", multiple: true, class: "unseen", tabindex: "-1", "aria-label": label, "data-name": name || null,
    onchange: async () => {
      const files = await Promise.all([...input.files].map(wrapped));
      input.value = "";
      if (files.length) took(files);
    },
  });
  return [input, h("button", { type: "button", class: "bare", "aria-label": label, title: label, onclick: () => input.click() }, icon(SHAPES.clip))];
}
