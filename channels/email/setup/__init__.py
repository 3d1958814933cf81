"""What ``casebot setup`` asks about mail."""
