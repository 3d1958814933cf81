"""The library: all replies that a specialist may use, and what one says on a case."""

from __future__ import annotations

from collections.abc import Mapping

from bot.config.load import Config
from bot.model.errors import BadCommand
from bot.model.translatable import saying
from bot.replies import folder, placeholders
from bot.replies.saved_reply import SavedReply
from bot.syntax.case_numbers import label
from store.cases.case import Case
from store.engine.transaction import Transaction
from store.people import account, snippet
from store.people import person as people
from store.people.person import Person


def replies(tx: Transaction, config: Config, person_id: int) -> Mapping[str, SavedReply]:
    """The replies by name, a specialist's own before the desk's of the same name."""
    shared = folder.of(config.desk.replies_folder, config.desk.language).replies()
    own = {
        row.name: SavedReply(row.name, row.name, (), {config.desk.language: row.text}, own=True)
        for row in snippet.of(tx, person_id)
    }
    return {**own, **{name: reply for name, reply in shared.items() if name not in own}}


def one(tx: Transaction, config: Config, person_id: int, name: str) -> SavedReply:
    """The reply of that name. Raises ``BadCommand`` that names the others."""
    by_name = replies(tx, config, person_id)
    if reply := by_name.get(name.lower()):
        return reply
    names = ", ".join(sorted(by_name)[:40]) or saying("none yet: snippet save NAME: text")
    why = saying("There is no saved reply “{name}”. There are: {names}.", name=name[:60], names=names)
    raise BadCommand(why, {"name": saying("is unknown")})


def filled(tx: Transaction, config: Config, reply: SavedReply, case: Case, sender: Person) -> str:
    """What a reply says on a case, in its requester's language. Raises ``BadCommand`` for what is missing."""
    requester = people.by_id(tx, case.requester_id)
    language = requester.language if requester else ""
    return fill(tx, config, reply.text(language or _usual(config, case)), case, sender)


def fill(tx: Transaction, config: Config, text: str, case: Case, sender: Person) -> str:
    """A text with its placeholders replaced by what the case says of itself."""
    requester = people.by_id(tx, case.requester_id)
    name = requester.shown if requester else ""
    values = {
        "customer": name,
        "first_name": name.partition(" ")[0],
        "case": label(case.id),
        "subject": case.subject,
        "ids": ", ".join(case.ids.splitlines()),
        "type": case.type,
        "priority": case.priority,
        "account": account.name_of(tx, case.account_id),
        "specialist": sender.shown,
        "desk": _mailbox_name(config, case),
        "docs_url": config.desk.docs_url,
    }
    return placeholders.fill(text, {key: " ".join(value.split()) for key, value in values.items()})


def _usual(config: Config, case: Case) -> str:
    boxes = {box.address: box.language for box in config.mailboxes}
    return boxes.get(case.mailbox, "") or config.desk.language


def _mailbox_name(config: Config, case: Case) -> str:
    boxes = {box.address: box.name for box in config.mailboxes}
    return boxes.get(case.mailbox, "") or config.desk.name
