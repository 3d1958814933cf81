"""The rows of the support process, and the table of what works where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

CHANNELS = {"M": "mail", "S": "Slack", "W": "web"}
WORKS, PARTLY, FAILS, UNTRIED, NEVER = "●", "◐", "○", "?", "–"


@dataclass(frozen=True, slots=True)
class Row:
    """A promise to the people on both sides of a case; ``channels``: where it holds by design."""

    key: str
    words: str
    channels: str


ROWS = (
    Row("1", "The case number is in all communication", "MSW"),
    Row("2", "Who may open a case; a closed desk names the local service team", "MSW"),
    Row("3", "Out of scope: handed over to the local service team in one step", "MS"),
    Row("4", "Any language, answered in it; a hint that English may be quicker", "MSW"),
    Row("5", "A case is opened with guidance", "MSW"),
    Row("6", "Deal, campaign and task IDs are recognised", "MSW"),
    Row("7", "The type decides the category", "MSW"),
    Row("8", "Attachments", "MSW"),
    Row("9", "Articles that may answer it", "MSW"),
    Row("10", "Collaborators, and only those with access", "MSW"),
    Row("11", "Confirmation", "MSW"),
    Row("12", "Priority is frozen; another is asked for, granted or declined", "MSW"),
    Row("13", "A Blocker's technical contact; lowered or raised with a reason", "MSW"),
    Row("14", "Service levels: warned, overdue, the manager; paused while waiting", "MS"),
    Row("15", "Information requests and workarounds", "MSW"),
    Row("16", "Material of any size", "MSW"),
    Row("17", "Concerns", "MSW"),
    Row("18", "Own cases, the queue and search", "MSW"),
    Row("19", "Reopening, by reply and by command", "MSW"),
    Row("20", "Closing, with a reason", "MSW"),
    Row("21", "Inactivity: reminded twice, then closed", "MSW"),
    Row("22", "Survey, now and then", "MSW"),
    Row("23", "Specialists work in a thread or by mail", "MS"),
    Row("24", "Slash command", "S"),
    Row("25", "Commands everywhere, one grammar", "MSW"),
    Row("26", "SMTP and IMAP", "M"),
    Row("27", "Templates, and overriding them", "MSW"),
    Row("28", "SQLite and PostgreSQL", "MSW"),
    Row("a", "Nobody outside reads what is internal", "MS"),
    Row("b", "A reply address or link is its owner's alone", "MW"),
    Row("c", "The same message twice has one effect", "MSW"),
    Row("d", "What could not be delivered is told", "M"),
    Row("e", "A canary watches the way of the mail", "MS"),
    Row("f", "Thanks neither open nor answer anything", "MS"),
    Row("g", "Threading is explained, and can be undone", "MS"),
    Row("h", "Only new words of an answer are kept", "M"),
    Row("i", "Loops with machines end", "MS"),
    Row("j", "No mail to whom nobody has proven", "MW"),
    Row("k", "The whole process can be rehearsed", "MSW"),
    Row("l", "A mail's reading is explained", "M"),
    Row("m", "Uploads by signed links", "W"),
    Row("n", "A case that goes from channel to channel", "MS"),
    Row("o", "A place that is lost is told, and loses nobody", "S"),
)


@dataclass(slots=True)
class Cell:
    """A row in one channel: how many checks held, and which did not."""

    row: str
    channel: str
    held: int = 0
    failed: list[str] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """One sign for all of it."""
        if self.failed:
            return PARTLY if self.held else FAILS
        return UNTRIED if self.untried or not self.held else WORKS

    @property
    def complaints(self) -> list[str]:
        """A line for each check that failed, and for what was not tried."""
        where = f"{self.row} {CHANNELS[self.channel]}"
        why = self.untried or ([] if self.held or self.failed else ["nobody has tried it"])
        return [*(f"{where}: {one}" for one in self.failed), *(f"{where}: not tried: {one}" for one in why)]


class Table:
    """All cells."""

    def __init__(self) -> None:
        self._cells = {(row.key, channel): Cell(row.key, channel) for row in ROWS for channel in row.channels}

    def cell(self, row: str, channel: str) -> Cell:
        """The one to write into; ``KeyError`` where there is none by design."""
        return self._cells[row, channel]

    def text(self, keys: Iterable[str]) -> str:
        """The table of these rows, and below it what is not as it should be."""
        asked = set(keys)
        rows = [row for row in ROWS if row.key in asked]
        lines = [f"{'row':<5}{'what is promised':<72}M  S  W"]
        lines += [f"{row.key:<5}{row.words:<72}{'  '.join(self._marks(row))}" for row in rows]
        return "\n".join([*lines, "", *self.complaints(row.key for row in rows)])

    def complaints(self, keys: Iterable[str]) -> list[str]:
        """Of these rows; none if everything works."""
        asked = set(keys)
        return [line for (key, _), cell in self._cells.items() if key in asked for line in cell.complaints]

    def _marks(self, row: Row) -> Sequence[str]:
        return [self._cells[row.key, one].mark if one in row.channels else NEVER for one in CHANNELS]
