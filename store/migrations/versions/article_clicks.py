"""How often articles were opened, by the day"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_article_clicks"
down_revision = "20261127_article_vectors"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "article_click",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("article_id", ID, autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "article_id", name=op.f("pk_article_click")),
    )
