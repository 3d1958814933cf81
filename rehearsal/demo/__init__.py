"""The demo: a working desk with simulated mail and Slack on this machine, and a page to watch them."""
