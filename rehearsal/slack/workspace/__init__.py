"""The workspace's state: teams, channels, messages, files, views, faults."""
