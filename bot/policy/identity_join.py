"""Who may be joined with whom: a contact in a chat, and the contact who has a mail address."""

from __future__ import annotations

from bot.model.mail_address import MAIL, has_mail
from bot.model.translatable import saying
from store.directory import contact_import
from store.engine.transaction import Transaction
from store.people import account
from store.people.person import Person


def obstacle(tx: Transaction, chatter: Person, holder: Person) -> str:
    """Why a contact in a chat may not be joined with the holder of a mail address; ``""`` if they may."""
    if chatter.id == holder.id:
        return saying("they are one person already")
    if (chatter.role, holder.role) != ("contact", "contact"):
        return saying("one of them is on the team: see [[staff]] in the config")
    if chatter.left or holder.left:
        return saying("one of them is no contact any more")
    if not has_mail(holder):
        return saying("{who} has no mail address", who=holder.shown)
    if not holder.known:
        return saying("the mail address was only seen in a mail that nothing proves")
    if any(channel == MAIL for channel, _ in contact_import.show(tx, chatter.id).identities):
        return saying("{who} has a mail address of their own already", who=chatter.shown)
    names = {account.name_of(tx, who.account_id) for who in (chatter, holder)} - {""}
    if len(names) < 2:
        return ""
    return saying("they belong to different accounts ({names})", names=", ".join(sorted(names)))
