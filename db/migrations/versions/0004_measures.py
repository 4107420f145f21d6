"""Measures: sealed boxes of staff surveys, added instruments, steps and places after an exclusion"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UTC = sqlmodel.sql.sqltypes.UTCDateTime
TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "column_mapping",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", TEXT(length=20), nullable=False),
        sa.Column("header_digest", TEXT(length=64), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("used_at", UTC(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_column_mapping_person_id")),
        sa.PrimaryKeyConstraint("person_id", "kind", "header_digest", name=op.f("pk_column_mapping")),
    )
    op.create_table(
        "import_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("content", TEXT(), nullable=False),
        sa.Column("made_at", UTC(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_import_report_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_report")),
    )
    op.create_index(op.f("ix_import_report_person_id"), "import_report", ["person_id"])
    op.create_table(
        "instrument_pack",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", UTC(), nullable=True),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", UTC(), nullable=True),
        sa.Column("deleted_by", sa.Uuid(), nullable=True),
        sa.Column("code", TEXT(length=40), nullable=False),
        sa.Column("kind", TEXT(length=20), nullable=False),
        sa.Column("content", TEXT(length=60000), nullable=False),
        sa.Column("licence_note", TEXT(length=300), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_instrument_pack_created_by")),
        sa.ForeignKeyConstraint(["deleted_by"], ["person.id"], name=op.f("fk_instrument_pack_deleted_by")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_instrument_pack_program_id")),
        sa.ForeignKeyConstraint(["updated_by"], ["person.id"], name=op.f("fk_instrument_pack_updated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_pack")),
    )
    op.create_index(op.f("ix_instrument_pack_code"), "instrument_pack", ["code"])

    op.create_table(
        "recomputed_score",
        sa.Column("observation_id", sa.Uuid(), nullable=False),
        sa.Column("code", TEXT(length=60), nullable=False),
        sa.Column("formula_version", TEXT(length=40), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("cycles", sa.Integer(), nullable=False),
        sa.Column("computed_at", UTC(), nullable=False),
        sa.ForeignKeyConstraint(
            ["observation_id"],
            ["observation.id"],
            name=op.f("fk_recomputed_score_observation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("observation_id", "code", "formula_version", name=op.f("pk_recomputed_score")),
    )
    op.create_table(
        "survey_box",
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("unused", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["survey_wave.id"], name=op.f("fk_survey_box_wave_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_survey_box")),
    )
    op.create_table(
        "exclusion_place",
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", UTC(), nullable=True),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", UTC(), nullable=True),
        sa.Column("deleted_by", sa.Uuid(), nullable=True),
        sa.Column("exclusion_id", sa.Uuid(), nullable=False),
        sa.Column("moment", TEXT(length=20), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("place", TEXT(length=20), nullable=False),
        sa.CheckConstraint(
            "moment IS NULL OR moment IN ('closure', 'month_1', 'month_6')",
            name=op.f("ck_exclusion_place_moment_listed"),
        ),
        sa.CheckConstraint(
            "place IS NULL OR place IN ('same_full', 'same_reduced', 'better_fit', 'elsewhere', 'home', 'not_known')",
            name=op.f("ck_exclusion_place_place_listed"),
        ),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_exclusion_place_created_by")),
        sa.ForeignKeyConstraint(["deleted_by"], ["person.id"], name=op.f("fk_exclusion_place_deleted_by")),
        sa.ForeignKeyConstraint(["exclusion_id"], ["exclusion.id"], name=op.f("fk_exclusion_place_exclusion_id")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_exclusion_place_region_id")),
        sa.ForeignKeyConstraint(
            ["site_id", "region_id"], ["site.id", "site.region_id"], name=op.f("fk_exclusion_place_site_id_region_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_exclusion_place_site_id")),
        sa.ForeignKeyConstraint(["updated_by"], ["person.id"], name=op.f("fk_exclusion_place_updated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion_place")),
    )
    op.create_index(op.f("ix_exclusion_place_exclusion_id"), "exclusion_place", ["exclusion_id"])

    op.create_table(
        "exclusion_step",
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", UTC(), nullable=True),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", UTC(), nullable=True),
        sa.Column("deleted_by", sa.Uuid(), nullable=True),
        sa.Column("exclusion_id", sa.Uuid(), nullable=False),
        sa.Column("step", TEXT(length=30), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("who", TEXT(length=20), nullable=True),
        sa.Column("note", TEXT(length=300), nullable=False),
        sa.CheckConstraint(
            "step IS NULL OR step IN ('consultant_engaged', 'family_met', 'community_resources', 'written_plan', 'home_visit', 'idea_decision', 'reentry_plan')",
            name=op.f("ck_exclusion_step_step_listed"),
        ),
        sa.CheckConstraint(
            "who IS NULL OR who IN ('teacher', 'assistant', 'float', 'director', 'consultant', 'specialist', 'other')",
            name=op.f("ck_exclusion_step_who_listed"),
        ),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_exclusion_step_created_by")),
        sa.ForeignKeyConstraint(["deleted_by"], ["person.id"], name=op.f("fk_exclusion_step_deleted_by")),
        sa.ForeignKeyConstraint(["exclusion_id"], ["exclusion.id"], name=op.f("fk_exclusion_step_exclusion_id")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_exclusion_step_region_id")),
        sa.ForeignKeyConstraint(
            ["site_id", "region_id"], ["site.id", "site.region_id"], name=op.f("fk_exclusion_step_site_id_region_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_exclusion_step_site_id")),
        sa.ForeignKeyConstraint(["updated_by"], ["person.id"], name=op.f("fk_exclusion_step_updated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion_step")),
    )
    op.create_index(op.f("ix_exclusion_step_exclusion_id"), "exclusion_step", ["exclusion_id"])
    op.add_column("survey_wave", sa.Column("collected", TEXT(length=10), nullable=False, server_default="totals"))
    op.add_column("survey_wave", sa.Column("languages", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("survey_wave", sa.Column("counted_at", UTC(), nullable=True))


def downgrade() -> None:
    for name in ("counted_at", "languages", "collected"):
        op.drop_column("survey_wave", name)
    for table in (
        "exclusion_step", "exclusion_place", "survey_box", "recomputed_score", "instrument_pack", "import_report",
        "column_mapping",
    ):  # fmt: skip
        op.drop_table(table)
