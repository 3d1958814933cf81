"""Export: one archive of all that is held of a person, for them and for another program."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from bot.privacy import export_index
from bot.syntax.case_numbers import label
from store.disclosure import case_records, person_records
from store.disclosure.person_records import KeptBytes
from store.engine.database import Database
from store.erasure import data_subject
from store.erasure.data_subject import DataSubject
from store.files.blobs import sync_folder
from store.files.place import FileStorage

FORMAT = 1
"""Of the archive's JSON (docs/data-protection.md); a change that a reader must know of raises it."""


@dataclass(slots=True)
class ExportTally:
    """What went into an archive, and what was left out of it."""

    cases: list[dict[str, Any]] = field(default_factory=list)
    files: int = 0
    received: int = 0
    sent: int = 0
    notes_left_out: int = 0
    words_left_out: int = 0
    missing: list[str] = field(default_factory=list)
    """Paths of files that the file store does not have."""


class PersonExport:
    """Writes the archive of one person; of files and mails, one piece is in memory at a time."""

    def __init__(
        self,
        database: Database,
        files: FileStorage,
        *,
        desk: str,
        now: Callable[[], datetime],
        zone: tzinfo,
        notes: bool = True,
    ) -> None:
        """``zone``: in which pages tell times; ``notes``: with what the desk noted among itself."""
        self._database = database
        self._files = files
        self._desk = desk
        self._now = now
        self._notes = notes
        self._zone = zone

    def write(self, who: DataSubject, target: Path) -> ExportTally:
        """Write the archive; until it is whole and durable, nothing bears its name. Raises FileExistsError."""
        if target.exists():
            raise FileExistsError(target)
        scratch = target.with_name(f".{target.name}.unfinished")
        tally = ExportTally()
        try:
            scratch.unlink(
                missing_ok=True
            )  # of a run that was killed; or somebody else's, who could read along
            with os.fdopen(os.open(scratch, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
                    self._fill(archive, who, tally)
                file.flush()
                os.fsync(file.fileno())
            os.link(scratch, target)
            sync_folder(target.parent)
        finally:
            scratch.unlink(missing_ok=True)
        return tally

    def _fill(self, archive: zipfile.ZipFile, who: DataSubject, tally: ExportTally) -> None:
        made_at = self._now()
        with self._database.reading() as tx:
            record = person_records.of(tx, who)
        head = {"format": FORMAT, "made_at": made_at, "desk": self._desk}
        archive.writestr("person.json", _json({**head, **record}))
        self._add_cases(archive, who, tally)
        self._add_messages(archive, "received", self._received(who), tally)
        with self._database.reading() as tx:
            self._add_messages(archive, "sent", person_records.sent(tx, who), tally)
        archive.writestr(
            "index.html",
            export_index.page(
                record, tally, desk=self._desk, made_at=made_at, zone=self._zone, notes=self._notes
            ),
        )

    def _add_cases(self, archive: zipfile.ZipFile, who: DataSubject, tally: ExportTally) -> None:
        with self._database.reading() as tx:
            cases = data_subject.cases(tx, who)
        for on in cases:
            number = label(on.number)
            with self._database.reading() as tx:
                case = case_records.of(tx, who, on, number=number, notes=self._notes, now=self._now())
            archive.writestr(f"cases/{number}/case.json", _json({"format": FORMAT, **case.record}))
            archive.writestr(f"cases/{number}/index.html", export_index.case_page(case.record, self._zone))
            for file in case.files:
                tally.files += self._add_file(archive, file.path, file.sha256, tally)
            tally.notes_left_out += case.notes_left_out
            tally.words_left_out += case.words_left_out
            tally.cases.append(
                {
                    **{
                        name: case.record[name]
                        for name in ("number", "subject", "state", "opened_at", "your_role")
                    },
                    "entries": len(case.record["entries"]),
                    "files": len(case.files),
                }
            )

    def _add_file(self, archive: zipfile.ZipFile, path: str, digest: str, tally: ExportTally) -> bool:
        try:
            chunks = self._files.stream(digest)
            about = zipfile.ZipInfo(path, date_time=self._now().astimezone(self._zone).timetuple()[:6])
            about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            with archive.open(about, "w", force_zip64=True) as member:
                for chunk in chunks:
                    member.write(chunk)
        except FileNotFoundError:
            tally.missing.append(path)
            return False
        return True

    def _received(self, who: DataSubject) -> Iterator[KeptBytes]:
        after = 1
        while after:
            with self._database.reading() as tx:
                messages, after = person_records.received(tx, who, after=after)
            yield from messages

    def _add_messages(
        self, archive: zipfile.ZipFile, way: str, messages: Iterable[KeptBytes], tally: ExportTally
    ) -> None:
        for message in messages:
            name = f"{message.at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{message.id}"
            if message.file:
                self._add_file(archive, f"mails/{way}/{name}.eml", message.file, tally)
            elif message.content[:1] in (b"{", b"["):
                archive.writestr(f"messages/{way}/{name}.json", message.content)
            else:
                archive.writestr(f"mails/{way}/{name}.eml", message.content)
            setattr(tally, way, getattr(tally, way) + 1)


def _json(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, indent=1, default=_plain).encode()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)
