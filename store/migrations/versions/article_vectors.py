"""PostgreSQL keeps the vectors of articles, instead of making them anew for every question"""

from alembic import op

revision = "20261127_article_vectors"
down_revision = "20261127_missing_parts"
branch_labels = None
depends_on = None

VECTOR = (
    "(setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', keywords), 'B')"
    " || setweight(to_tsvector('simple', body), 'D'))"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return  # FTS5 keeps its own
    op.execute("DROP INDEX ix_article_text_words")
    op.execute(f"ALTER TABLE article_text ADD COLUMN vector tsvector GENERATED ALWAYS AS {VECTOR} STORED")
    op.execute("CREATE INDEX ix_article_text_vector ON article_text USING gin (vector)")
