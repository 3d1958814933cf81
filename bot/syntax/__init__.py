"""What people write, read the same in all channels: numbers of cases, fields, greetings, thanks, phone numbers."""
