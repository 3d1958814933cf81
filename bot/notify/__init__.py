"""Who is notified of what, by which channel, in which words; batches of notices."""
