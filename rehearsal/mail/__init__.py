"""The mail world around casebot: a relay that can misbehave, a sender, and a line that can be cut."""
