"""How a desk is set up: its config written and shown, its mailboxes signed in to."""
