"""Articles, and what they have solved"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
VECTOR = (
    "(setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', keywords), 'B')"
    " || setweight(to_tsvector('simple', body), 'D'))"
)


def upgrade() -> None:
    op.create_table(
        "article",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(length=1000), nullable=False),
        sa.Column("name", sa.String(length=1000), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("keywords", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
    )
    op.create_index("ix_article_origin_name", "article", ["origin", "name"], unique=True)
    op.create_table(
        "deflection",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("article_id", ID, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_deflection_article_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_deflection_person_id")),
        sa.ForeignKeyConstraint(["case_id"], ["support_case.id"], name=op.f("fk_deflection_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deflection")),
        sa.UniqueConstraint("case_id", "article_id", name=op.f("uq_deflection_case_id_article_id")),
    )
    op.create_index(op.f("ix_deflection_article_id"), "deflection", ["article_id"], unique=False)
    op.create_index(op.f("ix_deflection_at"), "deflection", ["at"], unique=False)
    _full_text()


def _full_text() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE article_text USING fts5(title, keywords, body)")
        op.execute("INSERT INTO article_text (article_text, rank) VALUES ('rank', 'bm25(8.0, 5.0, 1.0)')")
        return
    op.create_table(
        "article_text",
        sa.Column("rowid", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("keywords", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.execute(f"CREATE INDEX ix_article_text_words ON article_text USING gin ({VECTOR})")
