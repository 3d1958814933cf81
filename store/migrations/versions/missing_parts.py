"""What a few early databases lack, because the migrations that made them were changed after they had landed"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "20261127_missing_parts"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    here = sa.inspect(op.get_bind())
    tables = {name: {column["name"] for column in here.get_columns(name)} for name in here.get_table_names()}
    if "message_id" not in tables["entry"]:
        _entry()
    if "place" not in tables["participant"]:
        _participant()
    for name, make in MISSING.items():
        if name not in tables:
            make()
    if "blocked_at" in tables["person"]:  # nothing ever wrote it
        op.drop_column("person", "blocked_at")


def _entry() -> None:
    op.add_column("entry", sa.Column("message_id", sa.String(length=255), nullable=False, server_default=""))


def _participant() -> None:
    op.add_column("participant", sa.Column("place", sa.String(length=200), nullable=False, server_default=""))
    op.execute(
        "UPDATE support_case SET answered_at = (SELECT min(event.at) FROM event WHERE "
        "event.case_id = support_case.id AND event.name = 'answered') WHERE answered_at IS NULL"
    )
    with op.batch_alter_table("thread") as table:
        table.drop_constraint(op.f("ck_thread_side"), type_="check")
        table.create_check_constraint(op.f("ck_thread_side"), "side IN ('desk','customer','private')")


def _budget() -> None:
    numbers = ("at", "hour", "day", "told", "words")
    op.create_table(
        "budget",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in numbers),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget")),
    )


def _draft() -> None:
    op.create_table(
        "draft",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["outgoing.id"], name=op.f("fk_draft_id")),
        sa.ForeignKeyConstraint(["case_id"], ["support_case.id"], name=op.f("fk_draft_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_case_id"), "draft", ["case_id"], unique=False)


def _blocked() -> None:
    op.create_table(
        "blocked",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("proof", sa.Integer(), nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["support_case.id"], name=op.f("fk_blocked_case_id")),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_blocked")),
    )


MISSING: dict[str, Callable[[], None]] = {"budget": _budget, "draft": _draft, "blocked": _blocked}
