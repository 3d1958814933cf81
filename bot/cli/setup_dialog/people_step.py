"""The people of the desk, and who of them hears of concerns."""

from __future__ import annotations

import re

from bot.channel.setup import Dialog, EditedConfig
from bot.cli.setup_dialog.dialog import valid
from bot.config.settings import StaffSection

_PERSON = re.compile(
    r"[\"']?(?P<name>[^@]*?)[\s,;<\"']*(?:mailto:)?(?P<mail>[^\s<>,;\"']+@[^\s<>,;\"'@]+)>?", re.IGNORECASE
)

FIRST = "Who answers? A name and a mail address, as Bob Miller bob@acme.com"
NEXT = "Who else?"


class PeopleStep:
    """A ``bot.channel.setup.SetupStep``."""

    name, title, door = "people", "Your people", ""

    def summary(self, config: EditedConfig) -> str:
        """Their names."""
        people = config.get("staff", ())
        return ", ".join(_shown(row) for row in people)

    def ask(self, config: EditedConfig, dialog: Dialog) -> None:
        """Ask for one after the other, then for the manager."""
        dialog.say("They are told of new cases and of replies, and may answer by mail.")
        for row in config.get("staff", ()):
            dialog.say(f"  {_shown(row)} <{row.get('mail')}>")
        while person := self._person(config, dialog):
            name, mail = person
            place = f"staff[{len(config.get('staff', ())) + 1}]"
            config.put(f"{place}.name", name)
            config.put(f"{place}.mail", mail)
        if len(config.get("staff", ())) > 1 and not config.get("desk.duty_manager", ""):
            self._manager(config, dialog)

    def _person(self, config: EditedConfig, dialog: Dialog) -> tuple[str, str] | None:
        """A name and a mail address, or None if that is all."""
        mails = {row["mail"].lower() for row in config.get("staff", ())}

        def check(answer: str) -> str:
            match = _PERSON.fullmatch(answer)
            if not match:
                alone = (
                    "one person at a time, please"
                    if answer.count("@") > 1
                    else "a name and a mail address, please"
                )
                raise ValueError(f"{alone}, as: Bob Miller bob@acme.com")
            mail = valid(StaffSection, "mail")(match["mail"].lower())
            if mail in mails:
                raise ValueError(f"{mail} is there already")
            return f"{match['name'].strip() or _name(mail)}\n{mail}"

        answer = dialog.ask(NEXT if mails else FIRST, check=check, optional=bool(mails))
        if not answer:
            return None
        name, mail = answer.split("\n")
        return name, mail

    def _manager(self, config: EditedConfig, dialog: Dialog) -> None:
        people = config.get("staff", ())
        choices = {row["mail"]: row["name"] for row in people} | {"nobody": "nobody for now"}
        boss = dialog.choose(
            "Who is the manager? They hear when a customer is unhappy, and when a promise was missed.",
            choices,
            people[0]["mail"],
        )
        if boss == "nobody":
            return
        config.put("desk.duty_manager", boss)
        for number, row in enumerate(people, 1):
            if row["mail"] == boss:
                config.put(f"staff[{number}].role", "manager")
            else:
                config.put(f"staff[{number}].manager", boss)


def _shown(row: dict[str, str]) -> str:
    return f"{row.get('name')} (manager)" if row.get("role") == "manager" else str(row.get("name"))


def _name(mail: str) -> str:
    """``bob.miller@acme.com`` → ``Bob Miller``."""
    return " ".join(part.capitalize() for part in re.split(r"[-_.+]", mail.partition("@")[0]) if part)
