"""Capture without a signal: drafts of corrections, tablets, and when a record was made"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UTC = sqlmodel.sql.sqltypes.UTCDateTime
TEXT = sqlmodel.sql.sqltypes.AutoString
CAPTURED = ("incident", "visit")


def upgrade() -> None:
    op.create_table(
        "capture_device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("name", TEXT(length=60), nullable=False),
        sa.Column("set_up_at", UTC(), nullable=False),
        sa.Column("last_contact_at", UTC(), nullable=False),
        sa.Column("ended_at", UTC(), nullable=True),
        sa.Column("end_reason", TEXT(length=20), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_capture_device_person_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sign_in_session.id"], name=op.f("fk_capture_device_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture_device")),
    )
    op.create_index(op.f("ix_capture_device_person_id"), "capture_device", ["person_id"])
    op.create_index(op.f("ix_capture_device_session_id"), "capture_device", ["session_id"])
    op.add_column("draft", sa.Column("entity_id", sa.Uuid(), nullable=True))
    op.add_column("draft", sa.Column("base_version", sa.Integer(), nullable=True))
    op.add_column("draft", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("draft", sa.Column("dropped_at", UTC(), nullable=True))
    for table in CAPTURED:
        op.add_column(table, sa.Column("made_at", UTC(), nullable=True))
        op.add_column(table, sa.Column("clock_off_minutes", sa.Integer(), nullable=True))


def downgrade() -> None:
    # Never by copying the table: dropping the old one would take the rows with it that refer to it.
    for table in CAPTURED:
        op.drop_column(table, "clock_off_minutes")
        op.drop_column(table, "made_at")
    for name in ("dropped_at", "version", "base_version", "entity_id"):
        op.drop_column("draft", name)
    op.drop_table("capture_device")
