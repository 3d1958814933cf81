"""What runs inside the other trackers, each by its own interpreter: mails in, counts out."""
