"""What things cost: time, memory and latency of mails, uploads and reports."""
