"""A relay that notes when it took the confirmation of which mail."""

from __future__ import annotations

import re
import threading
import time

from tests.support.mail.sink import Sink
from tests.support.mail.talk import Taken

_PARENT = re.compile(rb"^in-reply-to:\s*(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)


class Relay:
    """``with Relay() as relay:`` what it took is dropped at once, but for the times."""

    def __init__(self) -> None:
        self._sink = Sink(took=self._took)
        self._lock = threading.Lock()
        self.confirmed: dict[str, float] = {}
        """Message-ID of a mail → when the first answer to it was taken."""

    @property
    def port(self) -> int:
        return self._sink.port

    def waits(self, begun: dict[str, float]) -> list[float]:
        """Seconds from each mail to its confirmation, in ascending order; ``KeyError`` if one has none."""
        with self._lock:
            return sorted(self.confirmed[one] - at for one, at in begun.items())

    def __enter__(self) -> Relay:
        self._sink.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._sink.__exit__(*exc)

    def _took(self, message: Taken) -> None:
        parent = _PARENT.search(message.raw)
        if parent:
            with self._lock:
                self.confirmed.setdefault(parent[1].decode("ascii", "replace"), time.time())
        self._sink.taken.clear()
