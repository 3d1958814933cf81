"""The demo: a desk at work, its mail and its Slack simulated on this machine, and a page to watch them side by side."""
