"""Monitors: what goes wrong without anybody's doing is told to the desk, once a day at most."""
