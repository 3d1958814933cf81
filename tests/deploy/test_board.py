"""The board for Grafana: every panel's query has an answer of a real Prometheus at a desk under load."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from bench.support.prometheus import Prometheus, prometheus
from tests.support.houses.browser import ANA, DESK
from tests.support.houses.house import until
from tests.support.houses.office import Office
from tests.support.setup import databases
from tests.support.setup.config import mailbox_out_of_reach

ROOT = Path(__file__).parents[2]
BOARD = json.loads((ROOT / "deploy/grafana/casebot.json").read_text(encoding="utf-8"))
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("prometheus"), reason="needs prometheus (Debian: prometheus)"),
]


def test_every_panel_has_an_answer_at_a_desk_under_load(tmp_path: Path) -> None:
    box = mailbox_out_of_reach(DESK, more='canary = "1h"')
    with (
        Office(databases.sqlite(tmp_path), tmp_path, more=box) as office,
        prometheus([f"127.0.0.1:{office.monitor}"], tmp_path) as seen,
    ):
        numbers = iter(range(1, 1000))

        def answered() -> set[str]:
            office.send(ANA, DESK, f"Deal {next(numbers)}", "It stopped.")
            silent = {
                f"{panel['title']}: {target['expr']}" for panel, target in targets() if empty(seen, target)
            }
            return set() if silent else {"all"}

        assert until(answered), [f"{p['title']}: {t['expr']}" for p, t in targets() if empty(seen, t)]
        assert not seen.alerts() - {"CasebotFault"}, "a desk that works alarms nobody within a minute"


def targets() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every query of every panel."""
    pairs = [(panel, target) for panel in PANELS for target in panel["targets"]]
    assert len(pairs) > 30
    return pairs


def empty(seen: Prometheus, target: dict[str, Any]) -> bool:
    """Has a query no answer, or none that is a number?"""
    expr = target["expr"].replace("$job", "casebot").replace("$__rate_interval", "30s")
    return not [row for row in seen.rows(expr) if row["value"][1] != "NaN"]


def test_the_board_says_of_each_panel_what_it_is_and_asks_for_documented_figures_only() -> None:
    documented = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
    for panel, target in targets():
        names = [
            word for word in target["expr"].replace("(", " ").replace("{", " ").split() if "casebot_" in word
        ]
        for name in names:
            assert f"`{name.removesuffix('_bucket')}`" in documented, f"{panel['title']} asks for {name}"
        assert 'job="$job"' in target["expr"], panel["title"]
    assert len({panel["title"] for panel in PANELS}) == len(PANELS)
