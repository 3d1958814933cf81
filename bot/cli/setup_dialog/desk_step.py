"""The first questions: the desk's address, name, language and trade."""

from __future__ import annotations

from pathlib import Path

from bot.channel.setup import Dialog, EditedConfig
from bot.cli.setup_dialog.dialog import valid
from bot.cli.setup_dialog.fresh_config import derived, head, kept_secrets
from bot.config.settings import DeskSection, MailboxSection
from bot.languages.catalogue import languages, mail_languages
from bot.presets import catalogue as presets

TRADES = {
    "neutral": "none of these, or several",
    "software": "software and services on the web",
    "shop": "a shop: we sell and deliver",
    "internal-it": "the IT of our own firm",
    "adtech": "advertising technology",
}


class DeskStep:
    """A ``bot.channel.setup.SetupStep``; the first one, for it begins the file."""

    name, title, door = "desk", "Your desk", ""

    def __init__(self, folder: Path) -> None:
        """``folder``: of the config; a desk that ran there without one has a secret to be kept."""
        self._folder = folder

    def summary(self, config: EditedConfig) -> str:
        """The name and the address."""
        address = config.get("mailbox[1].address", "")
        return address and f"{config.get('desk.name', 'Support')}, {address}"

    def ask(self, config: EditedConfig, dialog: Dialog) -> None:
        """Ask for the address; the rest has answers that follow from it."""
        old = str(config.get("mailbox[1].address", ""))
        address = dialog.ask("Which address do your customers write to?", old, check=_address)
        values = derived(address)
        name = dialog.ask(
            "What is your desk called? Its mails are signed so",
            str(config.get("desk.name", values["desk.name"])),
            check=valid(DeskSection, "name"),
        )
        choices = {code: languages()[code].own_name for code in mail_languages()}
        proposed = str(config.get("desk.language", values["desk.language"]))
        language = dialog.choose(
            "In which language do you write to customers whose own is not known?",
            choices,
            proposed if proposed in choices else "en",
        )
        if not old:
            trade = dialog.choose(
                "What do you do? Types, priorities and examples of cases begin with it.", TRADES, "neutral"
            )
            secrets = [*values["desk.secrets"], *kept_secrets(self._folder)]
            fresh = head({**values, "desk.secrets": secrets, "desk.language": language})
            config.begin("\n".join(filter(None, (fresh, presets.text(trade, language)))))
        config.put("mailbox[1].address", values["mailbox.address"])
        config.put("desk.name", name)
        config.put("desk.language", language)


def _address(answer: str) -> str:
    derived(answer)
    return valid(MailboxSection, "address")(answer.strip().lower())
