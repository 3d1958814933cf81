"""In which time zone people read times: their own, and their account's"""

import sqlalchemy as sa
from alembic import op

revision = "20261129_time_zones"
down_revision = "20261129_erasures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("person", "account"):
        op.add_column(table, sa.Column("time_zone", sa.String(length=64), nullable=False, server_default=""))
