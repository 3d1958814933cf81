"""Golden outputs: a change of what people read is seen, and renewed on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import golden


@pytest.mark.parametrize("surface", golden.SURFACES)
def test_everything_that_people_read_is_as_it_was(surface: str, tmp_path: Path) -> None:
    changed = golden.differences(golden.kept(surface), golden.rendered(surface, tmp_path))
    assert not changed, f"renew by `python -m tests.support.golden {surface}` what is meant:\n{changed}"


def test_difference_is_shown_by_lines() -> None:
    shown = golden.differences({"a": "one\ntwo", "b": "same"}, {"a": "one\nthree", "b": "same"})
    assert shown.splitlines()[-2:] == ["-two", "+three"]
