"""``casebot setup``: a desk set up question by question."""
