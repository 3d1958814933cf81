"""What mails and questions cost once a store has grown to a million cases."""
