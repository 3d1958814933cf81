"""What Slack tells us: events, edited messages, files, and what was said while we were away."""
