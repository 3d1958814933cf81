"""Trials of single promises: mailboxes, pauses and wrong clocks, canaries, damaged mail."""
