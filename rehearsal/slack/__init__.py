"""A strict Slack workspace on loopback: Web API, Socket Mode, signed requests, and people who act."""
