"""Mail of ours: composed, and given to a relay or a Maildir."""
