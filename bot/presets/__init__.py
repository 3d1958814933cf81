"""Presets of trades: the ``[lists]`` that ``casebot init --like`` writes, a file each."""
