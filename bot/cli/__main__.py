"""The entry point of ``casebot``, and of ``python -m bot.cli``."""

from __future__ import annotations

import gc
import sys

from bot.runtime import hangup


def main() -> None:
    """Run the command line; ``run`` heeds SIGHUP before anything else is imported.

    What is imported stays: to look through all of it again and again took a quarter of a short command.
    """
    gc.set_threshold(200_000, 20, 50)
    if "run" in sys.argv[1:]:
        hangup.remember()
    from bot.cli.main import main as command_line

    command_line()


if __name__ == "__main__":
    main()
