"""Random histories over all channels break no promise."""

from __future__ import annotations

import pytest

from bench.proof.histories import violation
from tests.support.stories.storyteller import any_seed


@pytest.mark.slow
def test_histories_violate_no_invariant() -> None:
    seed = any_seed()
    found = violation(seed, examples=2, steps=10)
    assert not found, f"python -m bench.proof.histories --seed {seed} --examples 2 --steps 10\n{found}"
