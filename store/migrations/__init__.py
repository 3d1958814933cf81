"""How the database got to its present shape, step by step (Alembic)."""
