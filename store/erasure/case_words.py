"""A case without one person: their words and files go, and what others wrote no longer names them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update

from store.cases.attachment import attachment
from store.cases.broadcast import broadcast_case
from store.cases.case import case, event
from store.cases.concern import concern
from store.cases.entry import anchor, bare, entry
from store.cases.priority_request import priority_request
from store.cases.search import entry_text
from store.cases.survey import survey
from store.engine.transaction import Transaction
from store.erasure import chat_messages
from store.erasure.data_subject import WORDS, DataSubject, SubjectCase
from store.erasure.entries import DroppedFile, moment_of
from store.erasure.event_details import figures
from store.erasure.scrub import Scrubber
from store.people.person import person


def erase(tx: Transaction, who: DataSubject, on: SubjectCase) -> list[DroppedFile]:
    """Take a person out of a case; returns the files that it no longer names."""
    rows = _own(tx, who, on)
    files = _files(tx, [row.id for row in rows])
    scrubber = Scrubber(who, own_words=[row.text for row in rows])
    _entries(tx, rows)
    _anchors(tx, on, [row.message_id for row in rows])
    _case(tx, who, on, scrubber)
    _events(tx, who, on, scrubber)
    _asked(tx, who, on)
    if not on.sole:
        _others(tx, who, on, scrubber)
    _broadcasts(tx, on, scrubber)
    chat_messages.rewrite(tx, on, scrubber, {file.sha256 for file in files})
    return files


def _own(tx: Transaction, who: DataSubject, on: SubjectCase) -> Sequence[Any]:
    """The entries that go: theirs; on a case of theirs alone all; of staff none, they are the desk's."""
    if who.role != "contact":
        return ()
    here = [entry.c.case_id == on.number]
    if not on.sole:
        here.append(entry.c.person_id == who.ids[0])
    return tx.rows(select(entry.c.id, entry.c.text, entry.c.message_id).where(*here))


def _entries(tx: Transaction, rows: Sequence[Any]) -> None:
    for row in rows:
        tx.run(_BLANK, {"the_id": row.id})
        tx.run(_UNINDEX, {"the_id": row.id})


_BLANK = (
    update(entry)
    .where(entry.c.id == bindparam("the_id"))
    .values(text=WORDS, rest="[]", message_id="")
)  # fmt: skip
_UNINDEX = delete(entry_text).where(entry_text.c.rowid == bindparam("the_id"))


def _files(tx: Transaction, entries: Sequence[int]) -> list[DroppedFile]:
    """Remove the attachments of these entries."""
    files: list[DroppedFile] = []
    for entry_id in entries:
        here = attachment.c.entry_id == entry_id
        rows = tx.rows(select(attachment.c.id, attachment.c.sha256).where(here))
        files += [DroppedFile(row.sha256, moment_of(row.id)) for row in rows]
        if rows:
            tx.run(delete(attachment).where(here))
    return files


def _anchors(tx: Transaction, on: SubjectCase, message_ids: Iterable[str]) -> None:
    """Forget the Message-IDs of their mails: a mail program's may have their address in it."""
    if on.sole:
        tx.run(delete(anchor).where(anchor.c.case_id == on.number))
    for message_id in filter(None, message_ids):
        tx.run(delete(anchor).where(anchor.c.value == bare(message_id)))


def _case(tx: Transaction, who: DataSubject, on: SubjectCase, scrubber: Scrubber) -> None:
    columns = (case.c.subject, case.c.ids, case.c.contact_name, case.c.contact_phone)
    row = tx.row(select(*columns).where(case.c.id == on.number))
    if on.sole or on.requester:
        after = {"subject": WORDS, "ids": "", "contact_name": "", "contact_phone": ""}
    else:
        theirs = who.name and row.contact_name == who.name
        theirs = theirs or (row.contact_phone in who.phones and not row.contact_name)
        contact = {"contact_name": "", "contact_phone": ""} if theirs else {}
        after = {"subject": scrubber.text(row.subject)[:300], "ids": scrubber.text(row.ids), **contact}
    if any(getattr(row, name) != value for name, value in after.items()):
        tx.run(update(case).where(case.c.id == on.number).values(**after, version=case.c.version + 1))


def _events(tx: Transaction, who: DataSubject, on: SubjectCase, scrubber: Scrubber) -> None:
    rows = tx.rows(
        select(event.c.id, event.c.name, event.c.person_id, event.c.detail).where(
            event.c.case_id == on.number, event.c.detail != "{}"
        )
    )
    for row in rows:
        theirs = on.sole or (who.role == "contact" and row.person_id == who.ids[0])
        after = figures(row.name, row.detail) if theirs else scrubber.json(row.detail)
        if after != row.detail:
            tx.run(_DETAIL, {"the_id": row.id, "after": after})


_DETAIL = update(event).where(event.c.id == bindparam("the_id")).values(detail=bindparam("after"))


def _asked(tx: Transaction, who: DataSubject, on: SubjectCase) -> None:
    """What they were asked and gave beside their words: comments, reasons, telephone numbers."""
    for column, blank in ((survey.c.comment, ""), (priority_request.c.why, ""), (concern.c.phone, "")):
        table = column.table
        here = [table.c.case_id == on.number, column != blank]
        if not on.sole:
            here.append(table.c.person_id == who.ids[0])
        tx.run(update(table).where(*here).values({column: blank}))


def _others(tx: Transaction, who: DataSubject, on: SubjectCase, scrubber: Scrubber) -> None:
    """Take their addresses, name, numbers and quoted words out of what others wrote on the case."""
    here = (entry.c.case_id == on.number, entry.c.text != WORDS)
    for row in tx.rows(select(entry.c.id, entry.c.text, entry.c.rest).where(*here)):
        after = {"text": scrubber.text(row.text), "rest": scrubber.json(row.rest)}
        if after != {"text": row.text, "rest": row.rest}:
            tx.run(update(entry).where(entry.c.id == row.id).values(after))
        words = tx.value(select(entry_text.c.words).where(entry_text.c.rowid == row.id))
        if words is not None and (clean := scrubber.text(words)) != words:
            tx.run(_UNINDEX, {"the_id": row.id})
            tx.add(entry_text, rowid=row.id, words=clean)
    for row in tx.rows(select(attachment.c.id, attachment.c.name).where(attachment.c.case_id == on.number)):
        if (name := scrubber.text(row.name)) != row.name:
            tx.run(update(attachment).where(attachment.c.id == row.id).values(name=name[:255]))
    for table, column in ((priority_request, priority_request.c.why), (survey, survey.c.comment)):
        for row in tx.rows(select(table.c.id, column).where(table.c.case_id == on.number, column != "")):
            if (clean := scrubber.text(row[1])) != row[1]:
                tx.run(update(table).where(table.c.id == row.id).values({column: clean}))


def _broadcasts(tx: Transaction, on: SubjectCase, scrubber: Scrubber) -> None:
    here = (broadcast_case.c.case_id == on.number, broadcast_case.c.why != "")
    for row in tx.rows(select(broadcast_case.c.broadcast_id, broadcast_case.c.why).where(*here)):
        if (after := scrubber.text(row.why)) != row.why:
            mine = (broadcast_case.c.broadcast_id == row.broadcast_id, *here)
            tx.run(update(broadcast_case).where(*mine).values(why=after[:300]))


def elsewhere(tx: Transaction, who: DataSubject) -> None:
    """Clear cases of others that name them as whom to call: by name and number, or in their own account."""
    account = tx.value(select(person.c.account_id).where(person.c.id == who.ids[0]))
    same = [case.c.contact_phone.in_(who.phones) & case.c.contact_name.in_(("", who.name))]
    if account is not None and " " in who.name:
        same.append((case.c.contact_name == who.name) & (case.c.account_id == account))
    there = update(case).where(or_(*same), or_(case.c.contact_name != "", case.c.contact_phone != ""))
    tx.run(there.values(contact_name="", contact_phone="", version=case.c.version + 1))
