"""``python -m bench.crash``: each commit, write, fsync and send of a story fails, or ends casebot."""
