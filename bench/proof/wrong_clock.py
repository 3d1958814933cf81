"""Another time of day for a process, by libfaketime (Debian's package ``faketime``)."""

from __future__ import annotations

from pathlib import Path

LIBRARIES = ("/usr/lib/*/faketime/libfaketime.so.1", "/usr/local/lib/faketime/libfaketime.so.1")


def libfaketime() -> str:
    """Return the path of the library, empty if it is not installed."""
    return next((str(path) for pattern in LIBRARIES for path in Path("/").glob(pattern[1:])), "")


def wrong_clock(clock: str = "") -> dict[str, str]:
    """Return the environment in which a process has another time of day, and the same passing of time.

    Raises:
        SystemExit: libfaketime is not installed.
    """
    library = libfaketime()
    if not library:
        raise SystemExit("libfaketime is not installed (apt install faketime)")
    facts = {"LD_PRELOAD": library, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    return facts | ({"FAKETIME": clock} if clock else {})
