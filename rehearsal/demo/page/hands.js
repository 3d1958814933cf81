/** Hands: what a person does in the workspace, and what they are told when it did not work. */

import { place } from "./place.js";
import { toast } from "./toast.js";
import { post } from "./wire.js";
import { refresh, world } from "./world.js";

const WORDS = {
  operation_timeout: "did not answer in time. Please try again.",
  dispatch_failed: "could not be reached. Please try again in a moment.",
  not_a_command: "That is not a command here. Try /case.",
};

/** Act as whoever one is now. Returns what `POST /rehearsal/act` answers, or null; a failure was shown already. */
export async function act(name, what) {
  try {
    const seen = await post("/rehearsal/act", { act: name, user: place.user, ...what });
    if (seen.error) toast(complaint(seen.error), "bad", "workspace");
    return seen;
  } catch (error) {
    toast(error.message, "bad", "workspace");
    return null;
  } finally {
    await refresh("slack").catch(() => {});
  }
}

/** Likewise, while `control` shows that it is being done; a second press waits for the first. */
export async function press(control, name, what) {
  if (control.getAttribute("aria-busy") === "true") return null;
  control.setAttribute("aria-busy", "true");
  try {
    return await act(name, what);
  } finally {
    control.removeAttribute("aria-busy");
  }
}

function complaint(error) {
  const words = WORDS[error];
  if (words?.startsWith("That")) return words;
  return `${world.slack.app.name} ${words ?? `was misunderstood (${error}).`}`;
}
