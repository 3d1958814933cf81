"""What an import tells of contacts, and the feature that a case is about"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("phone", sa.String(length=50), nullable=False, server_default=""))
    op.create_index(op.f("ix_person_account_id"), "person", ["account_id"], unique=False)
    op.add_column(
        "participant", sa.Column("address", sa.String(length=320), nullable=False, server_default="")
    )
    op.add_column(
        "support_case", sa.Column("feature", sa.String(length=100), nullable=False, server_default="")
    )
