"""What people write, alike in all channels: case numbers, fields, greetings, thanks, phone numbers."""
