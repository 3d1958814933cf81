"""Poison messages: a server would not hand them over; asked for alone, shunted in the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

STRIKES = 3


class PoisonMessages:
    """Failures by UID. A line lost during a fetch of many makes each of them suspect, no more.

    A strike is a failure alone. After three, a message is asked for again only when the server has just
    handed over another one; if it then fails once more, it is the message's fault and not a bad day's.
    """

    def __init__(self, uidvalidity: int = 0) -> None:
        self.uidvalidity = uidvalidity
        """What the UIDs belong to (RFC 9051, section 2.3.1.1): with another one, begin anew."""
        self._strikes: dict[int, int] = {}
        self._condemned: list[int] = []
        self._given_up: set[int] = set()

    def apart(self, uids: Iterable[int]) -> tuple[list[int], list[int]]:
        """The unsuspected messages, and those that must be fetched alone."""
        wanted = [uid for uid in uids if uid not in self._given_up]
        return [u for u in wanted if u not in self._strikes], [u for u in wanted if u in self._strikes]

    def worth_asking(self, uid: int, *, others: bool) -> bool:
        """May it be fetched? ``others``: another message was handed over just now."""
        return others or self._strikes.get(uid, 0) < STRIKES

    def failed(self, uids: Sequence[int], *, others: bool) -> None:
        """Note that messages fetched together did not come."""
        for uid in uids:
            self._strikes[uid] = self._strikes.get(uid, 0) + (len(uids) == 1)
            if others and self._strikes[uid] > STRIKES:
                self._condemned.append(uid)

    def cleared(self, uids: Iterable[int]) -> None:
        """Note that messages came."""
        for uid in uids:
            self._strikes.pop(uid, None)

    def take_condemned(self) -> list[int]:
        """Messages to be shunted now; not tried again, even if that fails too."""
        condemned, self._condemned = self._condemned, []
        self._given_up.update(condemned)
        return condemned
