"""What Slack shows: Block Kit from frozen facts, pure, within Slack's limits for any input."""
