"""Persons, accounts, blocked senders, rate limits."""
