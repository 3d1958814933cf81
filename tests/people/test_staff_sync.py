"""The roster: what the config says of accounts and staff is so from the next start on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.commands.case import Open, Reply
from bot.commands.people import Take
from bot.model.identity import Identity, Proof
from bot.model.outcome import Outcome
from bot.model.request import Command, Request
from bot.queries.case_detail import ShowCase
from store.people import account, person
from tests.support.houses.desk import TestDesk

KIM_IN_SLACK = Identity("slack", "t0home/u0kim", "Kim")
KIM = """
[[staff]]
name = "Kim Specialist"
mail = "kim@desk.example"
slack_team = "T0HOME"
slack_user = "U0KIM"
"""
PLACE = "T0HOME/C0ACME"


def in_slack(desk: TestDesk, key: str, command: Command) -> Outcome:
    return desk.desk.handle(
        Request(
            "slack",
            key,
            KIM_IN_SLACK,
            Proof.LINKED,
            (command,),
            datetime.now(UTC),
            mailbox="support@example.com",
        )
    )


def test_somebody_who_is_put_on_the_team_was_met_as_a_customer_before(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path) as desk:
        in_slack(desk, "1", Open("Is this on?", "I am trying what our customers will see."))
        desk.ask("ana@acme.example", Open("No delivery", "The deal has not delivered for 24 hours."))
        assert in_slack(desk, "2", Take(2)).answered[0].outcome == "refused"
    with TestDesk(url, tmp_path, more=KIM) as desk:
        assert in_slack(desk, "3", Take(2)).answered[0].outcome == "done"
        assert in_slack(desk, "4", Reply(1, "It was.")).answered[0].outcome == "done"
        view = desk.desk.ask(ShowCase(1))
        assert view.line.requester == "Kim Specialist", "what they said before is theirs still"
        assert {entry.author for entry in view.entries} == {"Kim Specialist"}
        with desk.app.database.reading() as tx:
            both = [
                person.find(tx, *pair) for pair in (("email", "kim@desk.example"), ("slack", "t0home/u0kim"))
            ]
        assert len({one.id for one in both if one}) == 1


def test_an_identity_can_pass_from_one_member_to_another(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, more=KIM):
        pass
    other = KIM.replace("Kim", "Lou").replace("kim@", "lou@")
    with TestDesk(url, tmp_path, more=other) as desk, desk.app.database.reading() as tx:
        found = person.find(tx, "slack", "t0home/u0kim")
        assert found
        assert (found.name, found.staff) == ("Lou Specialist", True)
        kim = person.find(tx, "email", "kim@desk.example")
        assert kim
        assert not kim.staff


def test_a_channel_or_a_domain_that_is_taken_out_of_the_config_is_bound_to_nobody(
    url: str, tmp_path: Path
) -> None:
    with (
        TestDesk(url, tmp_path, more=f'slack_channels = ["{PLACE}"]\n') as desk,
        desk.app.database.reading() as tx,
    ):
        acme = account.of_place(tx, "slack", f"{PLACE}/1.1")
        assert account.name_of(tx, acme) == "Acme"
        assert account.of_address(tx, "email", "x@acme.example") == acme
    other = '[[account]]\nname = "Other"\ndomains = ["acme.example"]\n'
    with TestDesk(url, tmp_path, more=other) as desk, desk.app.database.reading() as tx:
        assert account.of_place(tx, "slack", f"{PLACE}/1.1") is None
        assert account.name_of(tx, account.of_address(tx, "email", "x@acme.example")) == "Other"
