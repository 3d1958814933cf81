"""The timers of a case that waits for its customer."""

MOST = 9
"""Reminders that can be configured."""
REMINDERS = tuple(f"reminder {n}" for n in range(1, MOST + 1))
SILENT = "silent"
KINDS = (*REMINDERS, SILENT)
