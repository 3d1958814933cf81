/** The strip on top: the case's journey as lights, and what to try next. */

import { h, keyed } from "./element.js";
import { steps } from "./journey.js";
import { prompt } from "./prompts.js";
import { watch, world } from "./world.js";

const part = (id) => document.getElementById(id);

/** Hang it into the page. */
export function openStrip() {
  watch(draw);
}

function draw() {
  const all = steps();
  const next = all.find((step) => !step.done && !step.passed);
  keyed(part("steps"), all, {
    key: (step) => step.id,
    sign: (step) => JSON.stringify([step, step === next]),
    draw: (step) => h("li", { class: step.done ? "done" : step === next ? "next" : step.passed ? "skipped" : null, "aria-current": step === next ? "step" : null },
      h("i", { "aria-hidden": "true" }), h("span", {}, step.label), h("span", { class: "unseen" }, step.done ? " (done)" : "")),
  });
  drawPrompt(gone() ?? prompt(all));
}

function gone() {
  if (world.lost) return { words: "The demo has ended, or is out of reach. Start it again with “casebot demo”.", deeds: [], bad: true };
  if (!world.demo.running) return { words: "casebot itself has ended; where you started the demo, it says why.", deeds: [], bad: true };
  return null;
}

function drawPrompt({ words, deeds, bad = false }) {
  part("prompt").classList.toggle("bad", bad);
  if (part("prompt-words").textContent !== words) part("prompt-words").textContent = words;
  keyed(part("deeds"), deeds, { key: (deed) => deed.label, sign: (deed) => `${words}${deed.href ?? ""}${Boolean(deed.quiet)}`, draw });

  function draw(deed) {
    const look = `button ${deed.quiet ? "plain" : "primary"}`;
    if (deed.href) return h("a", { class: look, href: deed.href, target: "_blank", rel: "noopener", "data-name": deed.label }, deed.label);
    return h("button", { type: "button", class: look, "data-name": deed.label, onclick: (event) => run(event.currentTarget, deed) }, deed.label);
  }
}

async function run(button, deed) {
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  await Promise.resolve(deed.does()).finally(() => button.removeAttribute("aria-busy"));
}
