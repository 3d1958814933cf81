"""The mail world around casebot: a relay that can misbehave."""
