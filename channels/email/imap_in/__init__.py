"""The IMAP door: mailboxes are watched, and their mail is taken in."""
