"""You hear from us by …, in Slack: in its reader's own zone, as every moment there."""

from __future__ import annotations

from pathlib import Path

from tests.slack.outbound.test_no_direct_messages import a_case_of_eve, whispers
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.setup import databases

TOLD = '\n[[service_level]]\ntell_targets = true\nround_the_clock = ["Medium"]\n'


def test_a_customer_in_slack_reads_by_when_they_hear(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path, more=TOLD) as office:
        workspace = office.slack.workspace
        workspace.add_channel("joint", id="C0JOINT", members=["@app", "sam", "eve"])
        office.slack.people.admin.forbid_direct("eve", "cannot_dm_bot")
        a_case_of_eve(office)
        (told,) = until(lambda: whispers(office, "A specialist will read it"))
        assert "You hear from us by <!date^" in said(told)
        assert "at the latest." in said(told)
