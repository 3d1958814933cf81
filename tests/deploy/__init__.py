"""What is shipped for operators: alerts, a board, a unit, an image."""
