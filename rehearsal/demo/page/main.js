/** The page: mail on the left, the workspace on the right, the journey above both. */

import { openMailbox } from "./mailbox.js";
import { arrive } from "./place.js";
import { openStrip } from "./strip.js";
import { openTabs } from "./tabs.js";
import { start, world } from "./world.js";
import { openWorkspace } from "./workspace.js";

async function open() {
  for (;;) {
    try {
      await start();
      break;
    } catch {
      document.getElementById("prompt-words").textContent = "Waiting for the demo…";
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
  arrive(world.demo.people.specialist?.slack || world.slack.users.find((each) => !each.is_bot)?.id);
  openTabs();
  openMailbox();
  openWorkspace();
  openStrip();
  document.body.classList.remove("starting");
}

open();
