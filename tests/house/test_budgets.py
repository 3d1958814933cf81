"""Budgets: the project only gets smaller."""

from __future__ import annotations

import tomllib

from bench import budgets


def test_no_part_is_larger_than_its_budget() -> None:
    assert not budgets.exceeded(budgets.read(), budgets.measured()), (
        "make something smaller, or see bench/budgets.py"
    )


def test_larger_or_unknown_part_is_named() -> None:
    limits = {"lines": {"product": 10}}
    assert budgets.exceeded(limits, {"lines": {"product": 10}}) == []
    above = budgets.exceeded(limits, {"lines": {"product": 11}, "packages": {"bot/new": 1}})
    assert above == [
        "lines: product is 11, and its budget is 10",
        "packages: bot/new is 1, and its budget is 0",
    ]


def test_lowered_budgets_never_rise_and_forget_what_is_gone() -> None:
    limits = {"lines": {"product": 10, "bench": 5}, "packages": {"bot/old": 3}, "mail, parent": {"files": 9}}
    text = budgets.lowered(limits, {"lines": {"product": 8, "bench": 7}, "packages": {}})
    expected = {"lines": {"product": 8, "bench": 5}, "packages": {}, "mail, parent": {"files": 9}}
    assert tomllib.loads(text) == expected
