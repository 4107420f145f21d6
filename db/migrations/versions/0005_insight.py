"""Insight: measures of children, rebased charts, monthly meetings and their decisions; rooms that record incidents"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UTC = sqlmodel.sql.sqltypes.UTCDateTime
TEXT = sqlmodel.sql.sqltypes.AutoString

COUNT_REPORTING = """
    UPDATE site_month SET classrooms_reporting = (
        SELECT count(DISTINCT incident.classroom_id) FROM incident
        JOIN enrolment ON enrolment.classroom_id = incident.classroom_id
            AND enrolment.month = site_month.month AND enrolment.deleted_at IS NULL
        WHERE incident.site_id = site_month.site_id AND incident.deleted_at IS NULL
            AND incident.occurred_on >= site_month.month AND incident.occurred_on < {next_month}
    ) WHERE incidents_covered > 0
"""
NEXT_MONTH = {
    "sqlite": "date(site_month.month, '+1 month')",
    "postgresql": "site_month.month + interval '1 month'",
}

COUNT_CHILDREN = """
    WITH told AS (
        SELECT incident.*, (
            SELECT CASE WHEN max(CASE WHEN code = 'hispanic' THEN 1 ELSE 0 END) = 1 THEN 'hispanic'
                WHEN count(code) = 1 THEN min(code) WHEN count(code) > 1 THEN 'several' END
            FROM incident_choice WHERE incident_id = incident.id AND list = 'race'
                AND code NOT IN ('unknown', 'declined')
        ) AS race, EXISTS (
            SELECT 1 FROM incident_choice WHERE incident_id = incident.id AND list = 'admin_followup'
                AND code IN ('behaviour_consultation', 'targeted_group', 'family_meeting')
        ) AS supported
        FROM incident WHERE child_key IS NOT NULL AND deleted_at IS NULL
    ), happened AS (
        SELECT told.*, {first_of_month_of_occurred_on} AS month, 1 AS incidents, 0 AS exclusions FROM told
        UNION ALL
        SELECT told.*, {first_of_month_of_started_on} AS month, 0, 1 FROM told
        JOIN exclusion ON exclusion.incident_id = told.id AND exclusion.deleted_at IS NULL
    )
    INSERT INTO child_month
        (site_id, month, child_key, region_id, race, sex, iep, dll, incidents, exclusions, supported)
    SELECT site_id, month, child_key, region_id,
        {race}, {child_sex}, {child_iep}, {child_dll},
        sum(incidents), sum(exclusions), sum(CASE WHEN supported AND incidents = 1 THEN 1 ELSE 0 END)
    FROM happened GROUP BY site_id, month, child_key, region_id
"""
FIRST_OF_MONTH = {
    "sqlite": "strftime('%Y-%m-01', {day})",
    "postgresql": "date_trunc('month', {day})::date",
}


def _agreed(name: str) -> str:
    told = f"CASE WHEN {name} NOT IN ('unknown', 'declined') THEN {name} END"
    return f"CASE WHEN min({told}) = max({told}) THEN min({told}) WHEN count({told}) > 0 THEN 'differs' END"


def _count_children(dialect: str) -> str:
    """Give the SQL that fills the children's months from the incidents that are there."""
    first = FIRST_OF_MONTH[dialect]
    return COUNT_CHILDREN.format(
        first_of_month_of_occurred_on=first.format(day="told.occurred_on"),
        first_of_month_of_started_on=first.format(day="exclusion.started_on"),
        **{name: _agreed(name) for name in ("race", "child_sex", "child_iep", "child_dll")},
    )


def upgrade() -> None:
    op.add_column("site", sa.Column("planned_minutes_month", sa.Integer(), nullable=True))
    op.add_column("site_month", sa.Column("classrooms_reporting", sa.Integer(), nullable=False, server_default="0"))
    op.execute(COUNT_REPORTING.format(next_month=NEXT_MONTH[op.get_bind().dialect.name]))
    op.create_table('child_month',
    sa.Column('site_id', sa.Uuid(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('child_key', TEXT(length=20), nullable=False),
    sa.Column('region_id', sa.Uuid(), nullable=False),
    sa.Column('race', TEXT(length=40), nullable=True),
    sa.Column('sex', TEXT(length=20), nullable=True),
    sa.Column('iep', TEXT(length=20), nullable=True),
    sa.Column('dll', TEXT(length=20), nullable=True),
    sa.Column('incidents', sa.Integer(), nullable=False),
    sa.Column('exclusions', sa.Integer(), nullable=False),
    sa.Column('supported', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_child_month_region_id')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_child_month_site_id')),
    sa.PrimaryKeyConstraint('site_id', 'month', 'child_key', name=op.f('pk_child_month')),
    sqlite_with_rowid=False
    )
    op.execute(_count_children(op.get_bind().dialect.name))
    op.create_table('chart_rebase',
    sa.Column('region_id', sa.Uuid(), nullable=False),
    sa.Column('site_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UTC(), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('updated_at', UTC(), nullable=True),
    sa.Column('updated_by', sa.Uuid(), nullable=True),
    sa.Column('deleted_at', UTC(), nullable=True),
    sa.Column('deleted_by', sa.Uuid(), nullable=True),
    sa.Column('chart', TEXT(length=120), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('reason', TEXT(length=300), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_chart_rebase_created_by')),
    sa.ForeignKeyConstraint(['deleted_by'], ['person.id'], name=op.f('fk_chart_rebase_deleted_by')),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_chart_rebase_region_id')),
    sa.ForeignKeyConstraint(['site_id', 'region_id'], ['site.id', 'site.region_id'], name=op.f('fk_chart_rebase_site_id_region_id')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_chart_rebase_site_id')),
    sa.ForeignKeyConstraint(['updated_by'], ['person.id'], name=op.f('fk_chart_rebase_updated_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chart_rebase'))
    )
    op.create_index('ix_chart_rebase_site_id', 'chart_rebase', ['site_id'], unique=False)
    op.create_table('child_measure',
    sa.Column('client_uuid', sa.Uuid(), nullable=False),
    sa.Column('content_digest', TEXT(length=64), nullable=False),
    sa.Column('source', TEXT(length=20), nullable=False),
    sa.Column('region_id', sa.Uuid(), nullable=False),
    sa.Column('site_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UTC(), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('updated_at', UTC(), nullable=True),
    sa.Column('updated_by', sa.Uuid(), nullable=True),
    sa.Column('deleted_at', UTC(), nullable=True),
    sa.Column('deleted_by', sa.Uuid(), nullable=True),
    sa.Column('child_key', TEXT(length=20), nullable=False),
    sa.Column('permission_on', sa.Date(), nullable=False),
    sa.Column('instrument_code', TEXT(length=40), nullable=False),
    sa.Column('measured_on', sa.Date(), nullable=False),
    sa.Column('respondent', TEXT(length=20), nullable=False),
    sa.Column('phase', TEXT(length=20), nullable=False),
    sa.Column('recorded_by', sa.Uuid(), nullable=False),
    sa.CheckConstraint("phase IS NULL OR phase IN ('baseline', 'mid', 'post', 'follow_up', 'annual')", name=op.f('ck_child_measure_phase_listed')),
    sa.CheckConstraint('permission_on <= measured_on', name=op.f('ck_child_measure_permission_first')),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_child_measure_created_by')),
    sa.ForeignKeyConstraint(['deleted_by'], ['person.id'], name=op.f('fk_child_measure_deleted_by')),
    sa.ForeignKeyConstraint(['instrument_code'], ['instrument.code'], name=op.f('fk_child_measure_instrument_code')),
    sa.ForeignKeyConstraint(['recorded_by'], ['person.id'], name=op.f('fk_child_measure_recorded_by')),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_child_measure_region_id')),
    sa.ForeignKeyConstraint(['site_id', 'region_id'], ['site.id', 'site.region_id'], name=op.f('fk_child_measure_site_id_region_id')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_child_measure_site_id')),
    sa.ForeignKeyConstraint(['updated_by'], ['person.id'], name=op.f('fk_child_measure_updated_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_child_measure')),
    sa.UniqueConstraint('client_uuid', name=op.f('uq_child_measure_client_uuid'))
    )
    op.create_index('ix_child_measure_region_id_measured_on', 'child_measure', ['region_id', 'measured_on'], unique=False)
    op.create_index('ix_child_measure_site_id_measured_on', 'child_measure', ['site_id', 'measured_on'], unique=False)
    op.create_table('meeting',
    sa.Column('region_id', sa.Uuid(), nullable=False),
    sa.Column('site_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UTC(), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('updated_at', UTC(), nullable=True),
    sa.Column('updated_by', sa.Uuid(), nullable=True),
    sa.Column('deleted_at', UTC(), nullable=True),
    sa.Column('deleted_by', sa.Uuid(), nullable=True),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('strengths', TEXT(length=600), nullable=False),
    sa.Column('hypotheses', TEXT(length=600), nullable=False),
    sa.Column('looked_at', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_meeting_created_by')),
    sa.ForeignKeyConstraint(['deleted_by'], ['person.id'], name=op.f('fk_meeting_deleted_by')),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_meeting_region_id')),
    sa.ForeignKeyConstraint(['site_id', 'region_id'], ['site.id', 'site.region_id'], name=op.f('fk_meeting_site_id_region_id')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_meeting_site_id')),
    sa.ForeignKeyConstraint(['updated_by'], ['person.id'], name=op.f('fk_meeting_updated_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting'))
    )
    op.create_index('ix_meeting_site_id_held_on', 'meeting', ['site_id', 'held_on'], unique=False)
    op.create_table('child_score',
    sa.Column('child_measure_id', sa.Uuid(), nullable=False),
    sa.Column('scale_code', TEXT(length=60), nullable=False),
    sa.Column('instrument_code', TEXT(length=40), nullable=False),
    sa.Column('value', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['child_measure_id'], ['child_measure.id'], name=op.f('fk_child_score_child_measure_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['instrument_code', 'scale_code'], ['scale.instrument_code', 'scale.code'], name=op.f('fk_child_score_instrument_code_scale_code')),
    sa.PrimaryKeyConstraint('child_measure_id', 'scale_code', name=op.f('pk_child_score'))
    )
    op.create_table('meeting_decision',
    sa.Column('region_id', sa.Uuid(), nullable=False),
    sa.Column('site_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UTC(), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('updated_at', UTC(), nullable=True),
    sa.Column('updated_by', sa.Uuid(), nullable=True),
    sa.Column('deleted_at', UTC(), nullable=True),
    sa.Column('deleted_by', sa.Uuid(), nullable=True),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('text', TEXT(length=300), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('owner_role', TEXT(length=20), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('status', TEXT(length=20), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('outcome', TEXT(length=300), nullable=False),
    sa.Column('rule', TEXT(length=60), nullable=True),
    sa.Column('figure', TEXT(length=60), nullable=True),
    sa.Column('figure_then', sa.JSON(), nullable=True),
    sa.CheckConstraint("owner_role IS NULL OR owner_role IN ('teacher', 'assistant', 'float', 'director', 'consultant', 'specialist', 'other')", name=op.f('ck_meeting_decision_owner_role_listed')),
    sa.CheckConstraint("status IS NULL OR status IN ('open', 'done', 'dropped')", name=op.f('ck_meeting_decision_status_listed')),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_meeting_decision_created_by')),
    sa.ForeignKeyConstraint(['deleted_by'], ['person.id'], name=op.f('fk_meeting_decision_deleted_by')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_meeting_decision_meeting_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_meeting_decision_owner_id')),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_meeting_decision_region_id')),
    sa.ForeignKeyConstraint(['site_id', 'region_id'], ['site.id', 'site.region_id'], name=op.f('fk_meeting_decision_site_id_region_id')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_meeting_decision_site_id')),
    sa.ForeignKeyConstraint(['updated_by'], ['person.id'], name=op.f('fk_meeting_decision_updated_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_decision'))
    )
    op.create_index(op.f('ix_meeting_decision_meeting_id'), 'meeting_decision', ['meeting_id'], unique=False)
    op.create_index('ix_meeting_decision_site_id_due_on', 'meeting_decision', ['site_id', 'due_on'], unique=False)
    op.create_table(
        "kept_table",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_at", UTC(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_kept_table_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_table")),
    )
    op.create_index(op.f("ix_kept_table_person_id"), "kept_table", ["person_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_kept_table_person_id"), table_name="kept_table")
    op.drop_table("kept_table")
    op.drop_table("child_month")
    op.drop_column("site_month", "classrooms_reporting")
    op.drop_column("site", "planned_minutes_month")
    op.drop_index('ix_meeting_decision_site_id_due_on', table_name='meeting_decision')
    op.drop_index(op.f('ix_meeting_decision_meeting_id'), table_name='meeting_decision')
    op.drop_table('meeting_decision')
    op.drop_table('child_score')
    op.drop_index('ix_meeting_site_id_held_on', table_name='meeting')
    op.drop_table('meeting')
    op.drop_index('ix_child_measure_site_id_measured_on', table_name='child_measure')
    op.drop_index('ix_child_measure_region_id_measured_on', table_name='child_measure')
    op.drop_table('child_measure')
    op.drop_index('ix_chart_rebase_site_id', table_name='chart_rebase')
    op.drop_table('chart_rebase')