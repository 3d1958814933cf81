"""Words in Slack: languages, mrkdwn, fallback texts, and the values of forms."""
