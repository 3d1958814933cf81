"""``python -m bench.slack``: a house is killed while people work in Slack; and how long Slack waits."""
