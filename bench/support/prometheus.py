"""A real Prometheus beside a desk, with the shipped alerts, at the pace of a trial."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from rehearsal.ports import free_port

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy/prometheus/alerts.yml"
OPENS = 60.0
"""Seconds that it may take to open."""


class Prometheus:
    """What a Prometheus that is up answers."""

    def __init__(self, url: str) -> None:
        self.url = url

    def rows(self, expr: str) -> list[Any]:
        """What an expression yields now."""
        return self._asked("query", query=expr)

    def series(self, expr: str, *, start: float, end: float, step: float) -> list[Any]:
        """What an expression yields from one moment to another, as a board asks for it."""
        return self._asked("query_range", query=expr, start=start, end=end, step=step)

    def alerts(self) -> set[str]:
        """The alerts that fire."""
        return {row["metric"]["alertname"] for row in self.rows('ALERTS{alertstate="firing"}')}

    def answers(self) -> bool:
        """Is it there, and has it seen the desk?"""
        try:
            return bool(self.rows("casebot_build_info"))
        except OSError:
            return False

    def _asked(self, path: str, **parameters: object) -> list[Any]:
        query = urllib.parse.urlencode(parameters)
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{query}", timeout=20) as answer:
            return list(json.load(answer)["data"]["result"])


@contextmanager
def prometheus(monitors: Sequence[str], folder: Path, *, rules: Path = RULES) -> Iterator[Prometheus]:
    """The shipped config, with these processes as targets, looked at every second."""
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))
    (job,) = config["scrape_configs"]
    job |= {"scrape_interval": "1s", "scrape_timeout": "1s"}
    job["static_configs"][0]["targets"] = list(monitors)
    config |= {"global": {"evaluation_interval": "1s"}, "rule_files": [str(rules)]}
    file, port = folder / "prometheus.yml", free_port()
    file.write_text(yaml.safe_dump(config))
    command = ["prometheus", f"--config.file={file}", f"--storage.tsdb.path={folder / 'tsdb'}"]
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=subprocess.STDOUT
        )
        try:
            opened = Prometheus(f"http://127.0.0.1:{port}")
            deadline = time.monotonic() + OPENS
            while not opened.answers():
                if time.monotonic() > deadline:
                    raise RuntimeError((folder / "prometheus.log").read_text())
                time.sleep(0.2)
            yield opened
        finally:
            process.terminate()
            process.wait(30)
