"""Proof that the promises are kept (``bench.kill``), and what they cost (``bench.run``, ``bench.profile``)."""
