"""``python -m bench.kill``: a house under load is killed again and again; every promise must hold."""
