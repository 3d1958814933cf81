"""``casebot explain``: what would be done with a mail, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.terminal.context import quiet, read_only_config, store_name
from bot.cli.terminal.errors import FAILED, Failure, content_of, in_words
from bot.cli.terminal.output import say, size

if TYPE_CHECKING:
    from bot.channel.protocols import Inbound
    from bot.config.load import Config
    from bot.explain.dry_run import Explainer, Explanation
    from bot.explain.findings import MessageSource
    from bot.model.request import Request


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE.eml…", type=click.Path(path_type=Path))
@click.option("--peer", default="127.0.0.1", show_default=True, help="The host that hands it over.")
@click.option(
    "--json", "as_json", is_flag=True, help="What the mail itself tells: a JSON object a line and file."
)
def explain(files: tuple[Path, ...], peer: str, as_json: bool) -> None:
    """Say what would be done with a mail, and why.

    Changes nothing. Works without a config and without a store: then on the defaults, and as if no case were there yet.
    With --json no store is asked at all, and a file that cannot be read has a line, too.
    """
    config = quiet(read_only_config(), "error")
    if not (_in_lines if as_json else _in_words)(config, files, peer):
        click.get_current_context().exit(FAILED)


def _in_lines(config: Config, files: tuple[Path, ...], peer: str) -> bool:
    from bot.explain.findings import findings

    every = True
    for finding in findings(config, map(_source, files), peer=peer):
        click.echo(json.dumps(finding, ensure_ascii=False))
        every = every and finding["ok"]
    return every


def _source(file: Path) -> MessageSource:
    from bot.explain.findings import MessageSource

    try:
        return MessageSource(str(file), content_of(file, 100))
    except (OSError, ValueError, Failure) as error:  # a name with a NUL in it is a ValueError
        return MessageSource(str(file), error=getattr(error, "strerror", None) or str(error))


def _in_words(config: Config, files: tuple[Path, ...], peer: str) -> bool:
    from bot.explain.dry_run import explainer

    every = True
    with in_words(store_name(config)), explainer(config) as wise:
        for file in files:
            every = _explain_file(wise, file, peer) and every
    return every


def _explain_file(wise: Explainer, file: Path, peer: str) -> bool:
    """Explain a file; False if it could not be read, which keeps no other from being explained."""
    from store.engine.database import refused

    try:
        result = wise.explain(content_of(file, 100), peer=peer)
    except Exception as error:
        if isinstance(error, OSError | Failure) or refused(error):
            raise
        say(f"{file}")
        _line("read", f"no: casebot fails on it ({type(error).__name__}), which is a fault of ours")
        return False
    _say(str(file), result)
    return result.decision is not None


def _say(file: str, result: Explanation) -> None:
    from bot.channel.protocols import Unreadable
    from bot.inbound.route import Aside

    say(f"{file}")
    _line("came", f"from {result.envelope['peer']} for {', '.join(result.envelope['rcpt_tos'])} (assumed)")
    if isinstance(result.read, Unreadable):
        then = "." if result.read.fault == "house" else ", and then set aside."
        _line("read", f"no: {result.read.why}. It would be kept and tried again{then}")
        return
    _say_reading(result.read)
    for anchor in result.anchors:
        _line("anchor", f"{anchor.kind}: {anchor.value}")
    if isinstance(result.decision, Aside):
        _line("decision", f"set aside: {result.decision.reason}")
    elif result.decision is not None:
        _say_decision(result, result.decision)
    say()


def _say_reading(read: Inbound) -> None:
    sender = read.sender
    _line("from", f"{sender.name} <{sender.address}>" if sender else "nobody in particular")
    _line("subject", read.subject)
    for part in read.parts:
        lines = part.text.strip().splitlines()
        first = lines[0] if lines else ""
        _line(part.kind, f"{first[:80]}{f' … ({len(lines)} lines)' if len(lines) > 1 else ''}")
    for file in read.attachments:
        _line("file", f"{file.name or 'without a name'} ({size(file.size)}, {file.type})")
    verdict = read.verdict
    answers = {
        "may be answered": verdict.may_answer,
        "a person's doing": verdict.activity,
        "a bounce": verdict.bounce is not None and not verdict.bounce.doubtful,
    }
    _line("verdict", ", ".join(f"{words}: {'yes' if so else 'no'}" for words, so in answers.items()))
    for recipient in verdict.bounce.recipients if verdict.bounce else ():
        _line("", f"{recipient.action}: {recipient.address} {recipient.status} {recipient.reason}")
    if verdict.away_until:
        _line("", f"away until {verdict.away_until:%d %B %Y}")
    for why in (*verdict.evidence, *read.evidence):
        _line("", f"because {why}")


def _say_decision(result: Explanation, request: Request) -> None:
    from bot.channel.protocols import Inbound

    _line("proof", request.proof.name.lower())
    evidence = result.read.evidence if isinstance(result.read, Inbound) else ()
    for why in request.evidence:
        if why not in evidence:
            _line("", f"because {why}")
    for number, (name, _) in enumerate(result.commands):
        answered = result.answered[number] if number < len(result.answered) else None
        _line("decision", name + (f" ({answered.outcome}): {answered.text}" if answered else ""))
    if result.held:
        heard = request.asker.address in result.recipients
        _line("held", "yes: nothing proves who wrote it. The desk decides: `#accept` or `#spam`")
        _line("", f"its sender would be told {'only the number' if heard else 'nothing'} until then")
    _line("told", ", ".join(result.recipients) or "nobody")


def _line(name: str, text: str) -> None:
    say(f"  {name:<10} {' '.join(text.split())}")
