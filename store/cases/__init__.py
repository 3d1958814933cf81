"""Cases: entries, participants, threads, timers, concerns, surveys."""
