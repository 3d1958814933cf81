"""Faults on request: the workspace misbehaves as it is told, for so many times or until cleared.

=================== ===================================================================================
``down``            every API call and socket handshake is answered 503
``slow``            ``seconds`` before each answer [of ``method``, to calls whose arguments contain ``words``],
                    or until the fault is cleared
``ratelimited``     429 with ``Retry-After: retry_after`` (1) [for ``method``]
``error``           ``{"ok": false, "error": error}`` [for ``method``, for calls whose arguments contain ``words``];
                    ``status`` (200) may be set
``lost``            [``method``] is done, and the connection dropped instead of the answer
``cut``             the download of a file breaks off after half of its bytes
``duplicate``       each event, command and interaction is delivered ``copies`` (4) times at once
``no_ack``          acks of deliveries are not heard (so Slack delivers again)
``forged``          deliveries by HTTP are signed with another secret
``stale``           deliveries by HTTP are signed ``seconds`` (400) ago
=================== ===================================================================================
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

NAMES = (
    "down",
    "slow",
    "ratelimited",
    "error",
    "lost",
    "cut",
    "duplicate",
    "no_ack",
    "forged",
    "stale",
)


@dataclass(slots=True)
class Fault:
    """A fault of the rehearsed Slack; ``times`` counts down, None stays until it is cleared."""

    fault: str
    method: str = ""
    words: str = ""
    times: int | None = None
    seconds: float = 0.0
    retry_after: int = 1
    error: str = "internal_error"
    status: int = 200
    copies: int = 4
    cleared: bool = False


@dataclass(slots=True)
class Faults:
    """The faults in force."""

    _all: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: str, **settings: object) -> None:
        """Put a fault in force. ValueError for an unknown name."""
        if fault not in NAMES:
            raise ValueError(f"no such fault: {fault}; there are {', '.join(NAMES)}")
        with self._lock:
            self._all.append(Fault(fault, **settings))  # type: ignore[arg-type]

    def clear(self, fault: str = "") -> None:
        """Clear this fault, or all."""
        with self._lock:
            for each in self._all:
                each.cleared = not fault or each.fault == fault
            self._all = [each for each in self._all if not each.cleared]

    def take(self, fault: str, method: str = "", arguments: object = "") -> Fault | None:
        """The fault that strikes here, used up once; or None."""
        with self._lock:
            for each in self._all:
                strikes = each.fault == fault and each.method in ("", method)
                if strikes and (not each.words or each.words in str(arguments)):
                    self._use(each)
                    return each
        return None

    def _use(self, fault: Fault) -> None:
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._all.remove(fault)
