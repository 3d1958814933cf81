"""The SMTP and LMTP door: a conversation ends with 250 once the message is kept."""
