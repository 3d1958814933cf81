"""Every alert fires when what it says is so, and none at a desk that is well: Prometheus itself says so."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy/prometheus/alerts.yml"
EMAIL = 'job="casebot",channel="email"'
WELL = {
    'up{job="casebot",instance="a"}': "1x130",
    'casebot_store_up{job="casebot"}': "1x130",
    'casebot_faults{job="casebot",instance="a"}': "0x130",
    'casebot_build_info{job="casebot",instance="a",version="1"}': "1x130",
    'casebot_disk_free_bytes{job="casebot"}': "50000000000x130",
    'casebot_disk_size_bytes{job="casebot"}': "100000000000x130",
    'casebot_disk_min_free_bytes{job="casebot"}': "500000000x130",
    'casebot_inbox_oldest_seconds{job="casebot",source="email"}': "2x130",
    'casebot_outbox_oldest_seconds{job="casebot",channel="email"}': "2x130",
    f'casebot_delivered_total{{{EMAIL},outcome="dead"}}': "3x130",
    'casebot_accepted_total{job="casebot",source="email",result="refused"}': "3x130",
    'casebot_handled_total{job="casebot",source="email",outcome="shunted"}': "3x130",
    'casebot_mailbox_connected{job="casebot",mailbox="m"}': "1x130",
    'casebot_channel_connected{job="casebot",channel="slack"}': "1x130",
    'casebot_canary_age_seconds{job="casebot",mailbox="m"}': "1800x130",
    'casebot_timers_due_oldest_seconds{job="casebot"}': "0x130",
    'casebot_sla_targets{job="casebot",kind="answer",standing="missed"}': "0x130",
    'casebot_sla_targets{job="casebot",kind="answer",standing="on_time"}': "9x130",
    'casebot_concerns_untaken_oldest_seconds{job="casebot"}': "600x130",
    'casebot_cases_held{job="casebot"}': "0x130",
}
"""Five minutes a step, for eleven hours."""
ILL: dict[str, dict[str, str]] = {
    "CasebotDown": {'up{job="casebot",instance="a"}': "0x130"},
    "CasebotStoreDown": {'casebot_store_up{job="casebot"}': "0x130"},
    "CasebotDiskNearlyFull": {'casebot_disk_free_bytes{job="casebot"}': "550000000x130"},
    "CasebotDiskFills": {'casebot_disk_free_bytes{job="casebot"}': "50000000000-100000000x130"},
    "CasebotMailWaits": {'casebot_inbox_oldest_seconds{job="casebot",source="email"}': "0+300x130"},
    "CasebotNoticesWait": {'casebot_outbox_oldest_seconds{job="casebot",channel="email"}': "0+300x130"},
    "CasebotDeliveriesGivenUp": {f'casebot_delivered_total{{{EMAIL},outcome="dead"}}': "3x125 4x5"},
    "CasebotMailRefused": {
        'casebot_accepted_total{job="casebot",source="email",result="refused"}': "0+1x130"
    },
    "CasebotMailUnreadable": {
        'casebot_handled_total{job="casebot",source="email",outcome="shunted"}': "3x125 4x5"
    },
    "CasebotMailboxDisconnected": {'casebot_mailbox_connected{job="casebot",mailbox="m"}': "0x130"},
    "CasebotChannelDisconnected": {'casebot_channel_connected{job="casebot",channel="slack"}': "0x130"},
    "CasebotCanaryMissing": {'casebot_canary_age_seconds{job="casebot",mailbox="m"}': "0+300x130"},
    "CasebotFault": {'casebot_faults{job="casebot",instance="a"}': "1x130"},
    "CasebotTimersLate": {'casebot_timers_due_oldest_seconds{job="casebot"}': "0+300x130"},
    "CasebotTargetMissed": {'casebot_sla_targets{job="casebot",kind="answer",standing="missed"}': "2x130"},
    "CasebotConcernUntaken": {'casebot_concerns_untaken_oldest_seconds{job="casebot"}': "0+300x130"},
    "CasebotHeldCasesWait": {'casebot_cases_held{job="casebot"}': "1x130"},
    "CasebotVersionsDiffer": {'casebot_build_info{job="casebot",instance="b",version="2"}': "1x130"},
}
"""For each alert, what is different from a desk that is well."""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("promtool"), reason="needs promtool (Debian: prometheus)"),
]


def rules() -> list[dict[str, Any]]:
    """The alerts as they are shipped."""
    (group,) = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return list(group["rules"])


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *arguments], check=False, capture_output=True, text=True, timeout=120)


def firing(series: dict[str, str], *alerts: str) -> dict[str, Any]:
    """A test for promtool: after eleven hours of these series exactly these alerts fire."""
    samples = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in sorted(alerts)]
    expr = 'group by (alertname) (ALERTS{alertstate="firing"})'
    return {
        "interval": "5m",
        "name": " ".join(alerts) or "well",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [{"expr": expr, "eval_time": "640m", "exp_samples": samples}],
    }


def test_the_rules_are_sound_and_each_says_what_happened_and_what_to_do() -> None:
    done = promtool("check", "rules", str(RULES))
    assert done.returncode == 0, done.stderr
    for rule in rules():
        assert rule["labels"]["severity"] in ("page", "ticket"), rule["alert"]
        assert rule["annotations"]["summary"], rule["alert"]
        assert len(rule["annotations"]["description"]) > 40, rule["alert"]


def test_each_alert_fires_alone_and_none_at_a_desk_that_is_well(tmp_path: Path) -> None:
    assert {rule["alert"] for rule in rules()} == set(ILL)
    tests = [firing(WELL)]
    tests += [firing({**WELL, **changes}, alert) for alert, changes in ILL.items()]
    tests.append(firing({}, "CasebotDown"))
    file = tmp_path / "tests.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "5m", "tests": tests}))
    done = promtool("test", "rules", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
