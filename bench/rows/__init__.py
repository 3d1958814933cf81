"""``python -m bench.rows``: the support process row by row, from outside, in each channel."""
