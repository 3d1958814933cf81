"""What Slack does: events, deliveries, Socket Mode, modals, response URLs."""
