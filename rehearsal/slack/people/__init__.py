"""What people do at a Slack client, and what they see there."""
