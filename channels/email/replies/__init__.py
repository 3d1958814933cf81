"""What is new in a reply: quotations, attributions, signatures, forwarded mail."""
