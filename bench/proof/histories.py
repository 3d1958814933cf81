"""Runs random histories over all channels, and prints each that breaks a promise with its steps."""

from __future__ import annotations

import argparse
import logging
import sys
import time
import warnings

import structlog
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import HypothesisDeprecationWarning
from hypothesis.stateful import run_state_machine_as_test

from bench.proof.history import History


def violation(number: int, *, examples: int, steps: int, shrink: bool = False) -> str:
    """Run the histories of a seed; return what was violated, with the steps, or an empty string."""
    limits = settings(
        max_examples=examples,
        stateful_step_count=steps,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    # casebot's threads draw random numbers, too
    warnings.simplefilter("ignore", HypothesisDeprecationWarning)
    try:
        run_state_machine_as_test(seed(number)(History), settings=limits)
    except Exception as error:
        parts = (error, *getattr(error, "exceptions", ()))  # Flaky failures are groups
        return "\n".join(line for part in parts for line in (repr(part), *getattr(part, "__notes__", ())))
    return ""


def main() -> int:
    """``python -m bench.proof.histories``; exit code 1 if a history violated an invariant."""
    options = _options()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    failed = 0
    for number in range(options.seed, options.seed + options.seeds):
        began = time.monotonic()
        found = violation(number, examples=options.examples, steps=options.steps, shrink=options.shrink)
        failed += bool(found)
        took = f"{options.examples} histories, {time.monotonic() - began:.0f} s"
        end = f"VIOLATED: {found}" if found else "every invariant holds"
        print(f"seed {number}: {took}: {end}", flush=True)
    print(f"{failed} of {options.seeds} seeds found a violation")
    return int(failed > 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.proof.histories", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first one")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--examples", type=int, default=30, help="histories of each seed")
    parser.add_argument("--steps", type=int, default=15, help="of a history, at most")
    parser.add_argument("--shrink", action="store_true", help="shorten a history that breaks a promise")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
