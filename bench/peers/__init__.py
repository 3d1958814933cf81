"""What people would use instead, on the same mails in the same run: other trackers, and servers that do nothing."""
