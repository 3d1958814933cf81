"""What a channel implements, and the types that it is handed."""
