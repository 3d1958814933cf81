"""What a handler is given: the case, who asks, the transaction, and ways of notification people."""
