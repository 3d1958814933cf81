"""Only the doors and the writer of a house: mail is kept durably and nobody works it off."""

from __future__ import annotations

import os
from pathlib import Path

from bot.app import App
from bot.channel.installed import sections
from bot.config.load import load
from bot.runtime.logs import set_up
from bot.runtime.supervisor import Supervisor


def main() -> None:
    """``CASEBOT_CONFIG=… python -m bench.speed.accept``, until it is killed."""
    config = load(Path(os.environ["CASEBOT_CONFIG"]), sections())
    set_up(config.log)
    app = App(config)
    app.open_channels()
    doors = [room for door in app.doors.values() for room in door.workers]
    Supervisor([app.writer, *doors]).run()


if __name__ == "__main__":
    main()
