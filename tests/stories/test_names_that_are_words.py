"""People and cases may be called what we say: May, Grant, “Closed”. Their names are theirs in every language."""

from __future__ import annotations

from bot.commands.case import Close, Open
from bot.commands.people import Assign, Take
from bot.commands.urgency import ChangePriority
from bot.commands.work import SetField
from bot.model.facts import CaseLine
from bot.model.translatable import localized
from bot.notices.desk import WeeklyDigest
from bot.render.translations import Translations
from bot.reports.sample import sample
from bot.reports.weekly_digest import digest_of
from channels.slack.text.i18n import translating
from channels.slack.views import case_list
from tests.house import veil
from tests.slack.test_every_view import texts
from tests.support.houses.desk import CONFIG, TestDesk, text_of
from tests.support.setup.fixtures import open_on_each_database

MAY, GRANT, ANA = "may@desk.example", "grant@desk.example", "ana@acme.example"
GERMAN = (
    CONFIG.replace('name = "Acme Support"', 'name = "Acme Support"\nlanguage = "de"', 1)
    .replace("Sam Specialist", "May")
    .replace("sam@desk.example", MAY)
    .replace("Max Manager", "Grant")
    .replace("max@desk.example", GRANT)
)

desk = open_on_each_database(TestDesk, config=GERMAN)


def test_a_colleague_called_may_and_a_subject_closed_stay_what_they_are_story(desk: TestDesk) -> None:
    desk.ask(ANA, Open(subject="Other", text="Hello, it stopped.", priority="Low"))
    desk.ask(MAY, Take(1))
    desk.mails()
    desk.ask(GRANT, Take(1))
    took = told(desk, MAY)
    assert "Grant hat die Anfrage von May übernommen" in took
    answer = desk.ask(GRANT, SetField(1, "subject", "Closed")).answered[0].text
    assert "Closed" in answer
    assert "Geschlossen" not in answer
    nobody = desk.ask(MAY, Assign(1, "Ann")).answered[0].text
    assert "May, Grant" in nobody


def test_what_is_ours_beside_them_is_in_the_readers_language_story(desk: TestDesk) -> None:
    desk.ask(ANA, Open(subject="May", text="Hello, it stopped.", priority="Low"))
    desk.ask(MAY, Take(1))
    desk.mails()
    changed = desk.ask(MAY, ChangePriority(1, "Critical", "It got worse.")).answered[0].text
    assert "Kritisch" in changed
    desk.ask(GRANT, ChangePriority(1, "Low", "It got better."))
    assert "von Kritisch auf Niedrig" in told(desk, MAY).replace("„", "").replace("“", "")
    assert "Hat sich erledigt" in desk.ask(GRANT, Close(1, "no_longer")).answered[0].text


def told(desk: TestDesk, who: str) -> str:
    """What somebody was told by mail since the last look."""
    return "\n".join(text_of(mail) for mail in desk.mails(who))


def test_a_digest_leaves_names_and_subjects_as_they_are() -> None:
    words = Translations().words("de")
    assert {"May", "Closed"} <= words.keys()
    digest = WeeklyDigest(
        days=digest_of(sample()).days,
        headline="",
        figures=[],
        waits=(("CS-000098", "3 d", "Grant", "May", "Closed"),),
    )
    german = localized(digest, words)
    assert german.waits == digest.waits
    assert german.days != digest.days


def test_a_list_in_slack_leaves_names_and_subjects_as_they_are() -> None:
    case = CaseLine("CS-000001", "Closed", "closed", "Low", "May", "Grant", sample().at)
    with translating(veil.say):
        reader = case_list.Reader(now=sample().at, staff=True, links={}, priorities=("Low",), docs_url="")
        shown = " ".join(texts(case_list.rows((case,), reader, again="")))
    assert "Closed" in shown
    assert "Grant" in shown
    assert "May" in shown
    assert "Low" not in shown
