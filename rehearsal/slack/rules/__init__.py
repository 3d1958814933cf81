"""What Slack accepts as blocks and views."""
