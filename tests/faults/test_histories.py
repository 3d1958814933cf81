"""Random histories over all channels keep every invariant."""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.stories.history import History


@pytest.mark.slow
def test_a_few_random_histories_keep_every_invariant() -> None:
    run_state_machine_as_test(
        History, settings=settings(max_examples=4, stateful_step_count=12, phases=(Phase.generate,))
    )
