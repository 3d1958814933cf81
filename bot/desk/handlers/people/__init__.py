"""Who takes part in a case: participants, people in Cc, managers, technical contacts."""
