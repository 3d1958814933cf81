"""What waits to be worked off: the inbox, the outbox, and what became of each."""
