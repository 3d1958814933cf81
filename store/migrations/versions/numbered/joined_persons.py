"""Who a person turned out to be, and one deflection a case"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LATER = """
DELETE FROM deflection WHERE case_id IS NOT NULL AND EXISTS (
    SELECT 1 FROM deflection AS other WHERE other.case_id = deflection.case_id
    AND (other.at < deflection.at OR (other.at = deflection.at AND other.id < deflection.id)))
"""
"""Of several on one case the first stays."""


def upgrade() -> None:
    op.create_table(
        "joined_person",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_joined_person_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joined_person")),
    )
    op.create_index(op.f("ix_joined_person_person_id"), "joined_person", ["person_id"], unique=False)
    op.execute(LATER)
    with op.batch_alter_table("deflection") as table:
        table.drop_constraint(op.f("uq_deflection_case_id_article_id"), type_="unique")
        table.create_unique_constraint(op.f("uq_deflection_case_id"), ["case_id"])
