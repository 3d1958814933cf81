"""What the trials share: a house to try, databases, mails and their senders, a relay."""
