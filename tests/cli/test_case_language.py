"""`casebot case …` answers in the desk's language: lists, fields, history with its details, refusals."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.support.houses.console import run, said

STAFF = '[[staff]]\nname = "May"\nmail = "may@acme.com"\n[[staff]]\nname = "Grant"\nmail = "grant@acme.com"\n'
OURS = re.compile(
    r"\b(opened|taken|priority|state|requester|owner|history|people|by|via|evidence|before|after|why|given|snoozed"
    r"|until|woken|nobody|none|not done|resolved|closed|reason|held)\b",
    re.IGNORECASE,
)


def german() -> None:
    said("init", "support@acme.com", "--language", "de")
    with Path("config.toml").open("a") as file:
        file.write(STAFF)


def test_a_case_and_its_history_are_shown_in_the_desks_language() -> None:
    german()
    said("case", "new", "--as", "ana@x.com", "Low", "Closed:", "Nichts geht mehr.")
    said("case", "take", "1", "--as", "may@acme.com")
    said("case", "snooze", "1", "2", "days", "--as", "may@acme.com")
    said("case", "assign", "1", "grant@acme.com", "--as", "may@acme.com")
    said("case", "priority", "1", "Critical:", "Es eilt.", "--as", "grant@acme.com")
    said("case", "close", "1", "--reason", "resolved", "--as", "grant@acme.com")
    shown = said("case", "show", "1")
    assert "Closed" in shown, "the subject is the customer's"
    assert "übernommen, von May" in shown
    assert "weitergegeben an Grant" in shown
    assert "vorher: Niedrig; nachher: Kritisch" in shown
    assert "Grund: Gelöst" in shown
    assert OURS.findall(shown.replace("Closed", "")) == []


def test_a_list_and_a_refusal_are_in_the_desks_language_and_json_is_not() -> None:
    german()
    assert said("case", "list") == "Noch keine Anfragen.\n"
    said("case", "new", "--as", "ana@x.com", "Low", "Torte:", "Nichts geht mehr.")
    listed = said("case", "list")
    assert re.match(
        r"ANFRAGE +STATUS +PRIORITÄT +GESTELLT VON +ZUSTÄNDIG +GEÄNDERT \(\w+\) +BETREFF\n", listed
    )
    assert re.search(r"CS-000001 +neu +Niedrig", listed)
    refused = run("case", "grant", "1", "ja", "--as", "may@acme.com")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Nicht erledigt: ")
    (line,) = json.loads(said("case", "list", "--json"))
    assert (line["state"], line["priority"]) == ("new", "Low")
