"""The bench of growth runs: mail and every question at each size, and all sizes in one table."""

from __future__ import annotations

import pytest

from tests.support.bench import printed

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("store", "sizes"), [("sqlite", ["40", "120"]), ("postgresql", ["40"])])
def test_growth_gives_mail_and_asks_every_question_at_each_size(store: str, sizes: list[str]) -> None:
    told = printed("bench.growth", "--cases", *sizes, "--mails", "20", "--store", store).splitlines()
    assert told[0].split() == [f"{store},", "cases", *sizes]
    figures = {line[:36].strip(): line[36:].split() for line in told[1:]}
    for mail in ("a mail: new, CPU ms", "a mail: reply, CPU ms"):
        assert all(float(cell) > 0 for cell in figures[mail]), mail
    for question in (
        "case list",
        "queue",
        "report 365d",
        "search, rare",
        "web: my cases",
        "sweep",
        "metrics",
    ):
        assert len(figures[question]) == len(sizes) * len(("CPU", "p50", "/", "p95")), question
    assert float(figures["bytes a case"][-1].replace(",", "")) > 1000
