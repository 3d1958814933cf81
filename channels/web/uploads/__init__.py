"""Files of any size: whole, resumable, and by many senders at once."""
