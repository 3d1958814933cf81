"""Proof that the promises are kept, and what they cost; `docs/bench.md` says what each trial proves."""
