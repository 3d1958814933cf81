"""In Slack, too, everybody is told in their own language: what they write in, else what their Slack is set to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.slack.interactive.test_slash_command import said as answered
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.houses.slack_house import open_form


def opened(office: Office, user: str, subject: str, text: str) -> Any:
    """Open a case by the form, in a talk with the app; the message that tells of it."""
    people = office.slack.people
    seen = open_form(people, user, "general", f"/case new {subject}", text=text)
    assert not people.submit(user, seen.modal.id).errors
    home = people.open_dm(user).id
    told = until(lambda: office.messages(home))
    office.settled()
    return told[-1]


def test_a_customer_is_told_what_their_slack_speaks_until_they_write_something_else_story(
    office: Office,
) -> None:
    office.slack.workspace.user("ana").locale = "fr-FR"
    told = opened(office, "ana", "12333", "12333")
    assert "Merci de nous avoir écrit" in said(told)
    assert "Customer" in said(office.card()), "the desk reads English"
    people = office.slack.people
    german = "Guten Tag, es wird leider immer noch nichts ausgeliefert. Könnten Sie bitte nachsehen?"
    people.post("ana", told.channel, german, thread_ts=told.ts)
    office.in_thread("Guten Tag")
    people.post("sam", "triage", "!close resolved", thread_ts=office.card().ts)
    assert until(lambda: [m for m in office.replies(told) if "Grund: Gelöst" in said(m)])


def test_the_first_form_is_in_the_language_of_somebodys_slack(office: Office) -> None:
    office.slack.workspace.user("ana").locale = "fr-FR"
    form = labels(office.slack.people.slash("ana", "general", "/case new", wait=5).modal.body)
    assert "Nouvelle demande" in form
    assert "Subject" not in form


def test_a_specialist_works_in_english_whatever_their_slack_is_set_to(office: Office) -> None:
    office.slack.workspace.user("sam").locale = "fr-FR"
    form = labels(office.slack.people.slash("sam", "general", "/case new", wait=5).modal.body)
    assert "Subject" in form
    assert "Nouvelle demande" not in form


def test_a_slack_that_does_not_tell_a_language_holds_up_no_form(office: Office) -> None:
    office.slack.workspace.user("ana").locale = "fr-FR"
    office.slack.workspace.faults.add("slow", method="users.info", seconds=6)
    assert "New support case" in labels(
        office.slack.people.slash("ana", "general", "/case new", wait=5).modal.body
    )


def test_what_is_written_in_a_form_counts_more_than_what_slack_is_set_to(office: Office) -> None:
    told = opened(office, "ana", "配信", "昨日の夜から配信が止まっています。ご確認いただけますか。")
    assert "お問い合わせいただき、ありがとうございます" in said(told)
    assert "どの言語でもお気軽に" in said(told)


def labels(view: dict[str, Any]) -> str:
    """All that a view says."""
    return " ".join(shown_in(view))


def shown_in(thing: Any) -> Iterator[str]:
    if isinstance(thing, dict):
        if thing.get("type") in ("plain_text", "mrkdwn"):
            yield thing["text"]
        thing = list(thing.values())
    for one in thing if isinstance(thing, list) else ():
        yield from shown_in(one)


def test_forms_and_answers_are_in_the_language_that_somebody_writes_story(office: Office) -> None:
    people = office.slack.people
    opened(office, "ana", "Lieferung", "Guten Tag, seit gestern Abend wird leider nichts mehr ausgeliefert.")
    form = labels(people.slash("ana", "general", "/case new", wait=5).modal.body)
    assert "Betreff" in form
    assert "Blockierend" in form
    for english in ("Subject", "Description", "Priority", "Choose one", "Cancel", "Collaborators"):
        assert english not in form
    concern = labels(people.slash("ana", "general", "/case concern CS-000001", wait=5).modal.body)
    assert "Beschwerde" in concern
    assert "Keine Lösung" in concern
    assert "Sie haben 1 offene Anfrage" in answered(people.slash("ana", "general", "/case my"))
    assert "Welche Anfrage ist gemeint?" in answered(people.slash("ana", "general", "/case show"))
    refused = answered(people.slash("ana", "general", "/case take CS-000001"))
    assert "support team" not in refused
    assert "Serviceteam" in refused
