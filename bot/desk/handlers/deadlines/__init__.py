"""Deadlines: service-level targets, reminders, silence, concerns that nobody takes."""
