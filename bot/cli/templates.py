"""``casebot templates``: the texts of the notices, shipped and of the operator's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.terminal.context import json_option, read_only_config
from bot.cli.terminal.errors import Failure
from bot.cli.terminal.output import say, say_json, table

if TYPE_CHECKING:
    from bot.notices.notice import Notice
    from bot.template_check.lint import TemplateLint


@click.group()
def templates() -> None:
    """See, check and preview what casebot says.

    Your own files come first: in a [[mailbox]]'s template_folder, then in the desk's.
    """


def mailbox_option(command: click.decorators.FC) -> click.decorators.FC:
    """The option ``--mailbox ADDRESS``."""
    return click.option(
        "--mailbox", default="", help="As this address says it. Default: the first with words of its own."
    )(command)


@templates.command("list")
@mailbox_option
@json_option
def listed(mailbox: str, as_json: bool) -> None:
    """Every notice, who reads it, and which templates of it are yours."""
    from bot.notices.catalogue import NOTICES

    lint = _lint(mailbox)
    rows = [(notice, lint.sources(notice)) for notice in NOTICES.values()]
    if as_json:
        say_json(
            [
                {"notice": notice.name, "audience": notice.audience, "sources": sources}
                for notice, sources in rows
            ]
        )
        return
    cells = [
        (
            notice.name,
            _READERS[notice.audience],
            " ".join(source.file.name for source in sources if source.owner == "yours") or "-",
        )
        for notice, sources in rows
    ]
    table(("NOTICE", "READ BY", "YOURS"), cells, nothing="")


_READERS = {"customer": "customers", "staff": "staff", "asker": "whoever asked", "team": "local team"}


@templates.command()
@click.argument("notice", nargs=-1, required=True)
@click.option("--language", default="", help="As it is used in this language, such as fr.")
@mailbox_option
def show(notice: tuple[str, ...], language: str, mailbox: str) -> None:
    """The template of a NOTICE, ready to be copied into your own folder.

    \b
    casebot templates show case closed > words/notices/case_closed.j2
    casebot templates show confirmation > words/notices/confirmation.fr.j2
    """
    source = _lint(mailbox).source(_notice(" ".join(notice)), language)
    click.echo(source.file.read_text(encoding="utf-8"), nl=False)


@templates.command()
@mailbox_option
def check(mailbox: str) -> None:
    """Render every notice in every language with sample facts, as mail and for a chat.

    Each mistake is named with its file and line, and how many sentences a language has no translation for: those are
    said in English. Exit code 1: there are mistakes.
    """
    from bot.notices.catalogue import NOTICES

    lint = _lint(mailbox)
    mistakes = lint.mistakes()
    for mistake in mistakes:
        say(f"✗ {mistake}")
    for language, sentences in ({} if mistakes else lint.untranslated()).items():
        few = "; ".join(f"“{sentence}”" for sentence in sentences[:3])
        say(
            f"~ {language}: {len(sentences)} sentences are said in English, because they are not translated: {few}"
        )
    if mistakes:
        many = (
            "mistakes, so the shipped words are" if len(mistakes) > 1 else "mistake, so the shipped words are"
        )
        raise Failure(f"{len(mistakes)} {many} said instead")
    say(f"✓ {len(NOTICES)} notices in {', '.join(lint.languages())}")


@templates.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@mailbox_option
def preview(folder: Path, mailbox: str) -> None:
    """Write DIR/index.html: every notice in every language; and a page of each language, with its report.

    DIR/de.html has all that is shown in German: mails, and the views of each channel.
    """
    from bot.template_check.preview import sheet

    lint, page = _lint(mailbox), folder / "index.html"
    pages = {page.name: sheet(lint), **_of_languages(lint, mailbox)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, html in pages.items():
            (folder / name).write_text(html, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{folder} cannot be written: {error.strerror}") from None
    say(f"{page}: open it in a browser. {folder}/de.html and its like have one language each.")


def _of_languages(lint: TemplateLint, mailbox: str) -> dict[str, str]:
    """For each language a page of all that is shown in it, and the sample of a report."""
    from functools import partial

    from bot.channel.installed import Previewing, installed
    from bot.model.translatable import in_words
    from bot.render.translations import Translations
    from bot.reports.html_page import page
    from bot.reports.sample import sample
    from bot.template_check.preview import language_sheet

    config = read_only_config()
    translations = Translations(*config.templates(mailbox.lower()))
    pages = {}
    for language in lint.languages():
        translate = partial(in_words, words=translations.words(language))
        views = [
            (config.label_of(name), list(channel.previews(config.lists, translate)))
            for name, channel in installed().items()
            if isinstance(channel, Previewing)
        ]
        pages[f"{language}.html"] = language_sheet(lint, language, views)
        words = translations.words(language)
        pages[f"report-{language}.html"] = page(sample(config.zone), words, language=language)
    return pages


def _lint(mailbox: str) -> TemplateLint:
    from bot.template_check.lint import TemplateLint

    config = read_only_config()
    addresses = [box.address for box in config.mailboxes]
    if mailbox and mailbox.lower() not in addresses:
        raise Failure(f"{mailbox} is no [[mailbox]] of yours; there are: {', '.join(addresses)}")
    folders = config.templates(mailbox.lower())
    for folder in folders:
        if not folder.is_dir():
            raise Failure(
                f"the template_folder {folder} is not there: make it, or mend its path in the config"
            )
    return TemplateLint(folders, markups=[profile.markup for profile in config.profiles.values()])


def _notice(name: str) -> type[Notice]:
    from difflib import get_close_matches

    from bot.notices.catalogue import NOTICES

    name = name.lower().replace("_", " ").removesuffix(".j2")
    if name in NOTICES:
        return NOTICES[name]
    like = get_close_matches(name, NOTICES, 1)
    hint = f"did you mean “{like[0]}”?" if like else "`casebot templates list` names them all"
    raise Failure(f"there is no notice “{name}”: {hint}")
