"""``python -m bot.cli``: the command line, as ``casebot`` is."""

from __future__ import annotations

from bot.cli.main import main

if __name__ == "__main__":
    main()
