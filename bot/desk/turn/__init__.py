"""What a handler is given: the case, who asks, the transaction, and how people are notified."""
