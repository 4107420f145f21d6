"""Parts of a record carry its region, and keys to a record name its region, so that tables can be distributed by it"""

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAMED = ("visit", "incident", "exclusion", "observation", "child_measure", "meeting", "survey_wave")
PART = " ON DELETE CASCADE ON UPDATE CASCADE"
AT_THE_END = " DEFERRABLE INITIALLY DEFERRED"


class Key(NamedTuple):
    """The key of a table to the record above it, and its rule until now and from now on."""

    table: str
    above: str
    column: str
    was: str = " ON DELETE CASCADE"
    now: str = PART

    @property
    def old(self) -> str:
        """Give the constraint as it was: by the record's id alone."""
        return (
            f"CONSTRAINT fk_{self.table}_{self.column}"
            f" FOREIGN KEY({self.column}) REFERENCES {self.above} (id){self.was}"
        )

    @property
    def new(self) -> str:
        """Give the constraint as it is from now on: by the record's id and its region."""
        return (
            f"CONSTRAINT fk_{self.table}_{self.column}_region_id"
            f" FOREIGN KEY({self.column}, region_id) REFERENCES {self.above} (id, region_id){self.now}"
        )


PARTS = (
    Key("visit_choice", "visit", "visit_id"),
    Key("visit_participant", "visit", "visit_id"),
    Key("visit_classroom", "visit", "visit_id"),
    Key("incident_choice", "incident", "incident_id"),
    Key("score", "observation", "observation_id"),
    Key("computed_score", "observation", "observation_id"),
    Key("recomputed_score", "observation", "observation_id"),
    Key("child_score", "child_measure", "child_measure_id"),
    Key("survey_box", "survey_wave", "wave_id"),
    Key("survey_result", "survey_wave", "wave_id"),
)
BELOW = (
    Key("follow_up", "visit", "visit_id", "", " ON UPDATE CASCADE"),
    Key("meeting_decision", "meeting", "meeting_id", "", AT_THE_END),
    Key("exclusion", "incident", "incident_id", "", AT_THE_END),
    Key("exclusion_step", "exclusion", "exclusion_id", "", AT_THE_END),
    Key("exclusion_place", "exclusion", "exclusion_id", "", AT_THE_END),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT set_config('attune.reach', 'whole', true)")  # what the wall hides could not be filled in
        _bring_together()
        for table in NAMED:
            op.create_index(f"ix_{table}_id_region_id", table, ["id", "region_id"], unique=True)
        for key in PARTS:
            op.add_column(key.table, sa.Column("region_id", sa.Uuid(), nullable=True))
            op.execute(
                f"UPDATE {key.table} AS part SET region_id = above.region_id"
                f" FROM {key.above} AS above WHERE above.id = part.{key.column}"
            )
            op.alter_column(key.table, "region_id", nullable=False)
        for key in PARTS + BELOW:
            _exchange(key.table, f"fk_{key.table}_{key.column}", key.new)
    else:
        _bring_together()
        for table in NAMED:
            if table != "exclusion":  # which is made anew, with its index
                op.create_index(f"ix_{table}_id_region_id", table, ["id", "region_id"], unique=True)
        _make_anew(up=True)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for key in PARTS + BELOW:
            _exchange(key.table, f"fk_{key.table}_{key.column}_region_id", key.old)
        for key in PARTS:
            op.drop_column(key.table, "region_id")
        op.drop_index("ix_exclusion_id_region_id", "exclusion")
    else:
        _make_anew(up=False)
    for table in NAMED:
        if table != "exclusion":
            op.drop_index(f"ix_{table}_id_region_id", table)


def _bring_together() -> None:
    """Place what was left behind where its record went: removed parts of one that was corrected to another region."""
    for key in BELOW:
        above = f"FROM {key.above} WHERE {key.above}.id = {key.table}.{key.column}"
        op.execute(
            f"UPDATE {key.table} SET region_id = (SELECT {key.above}.region_id {above}),"
            f" site_id = (SELECT {key.above}.site_id {above})"
            f" WHERE EXISTS (SELECT 1 {above} AND {key.above}.region_id <> {key.table}.region_id)"
        )


def _exchange(table: str, was: str, rule: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {was}")
    op.execute(f"ALTER TABLE {table} ADD {rule}")


def _make_anew(*, up: bool) -> None:
    """Make each table of SQLite once more, by its own words with the other key, and take its rows over.

    SQLite adds no key of two columns to a table that stands. Nothing refers to these tables but they themselves, and
    all are made before the first old one goes: what still refers to a table that is dropped would go with it. All of
    it is one transaction.
    """
    run = op.get_bind().exec_driver_sql
    indexes: list[str] = []
    for key in BELOW + PARTS:
        indexes += run(
            "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql LIKE 'CREATE INDEX%'",
            (key.table,),
        ).scalars()
        run(_words(key, up))
        if up and key.table == "exclusion":
            run("CREATE UNIQUE INDEX ix_exclusion_id_region_id ON exclusion_anew (id, region_id)")
        _take_over(key, up)
    for key in reversed(BELOW + PARTS):
        run(f"DROP TABLE {key.table}")
        run(f"ALTER TABLE {key.table}_anew RENAME TO {key.table}")
    for index in indexes:
        run(index)


def _words(key: Key, up: bool) -> str:
    """Give the statement that makes a table anew, from the one that made it."""
    found = op.get_bind().exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (key.table,)
    )
    words = str(found.scalar_one()).replace('"', "")  # a table that was renamed stands in quotation marks
    changes = [(f"CREATE TABLE {key.table} (", f"CREATE TABLE {key.table}_anew (")]
    new = [(key.old, key.new.replace("REFERENCES exclusion ", "REFERENCES exclusion_anew "))]
    column = [(f"\n\tCONSTRAINT pk_{key.table} ", f"\n\tregion_id CHAR(32) NOT NULL, \n\tCONSTRAINT pk_{key.table} ")]
    if up:
        changes += new + (column if key in PARTS else [])
    else:
        changes += [(key.new, key.old.replace("REFERENCES exclusion ", "REFERENCES exclusion_anew "))]
        changes += [(now, was) for was, now in column] if key in PARTS else []
    for was, now in changes:
        if words.count(was) != 1:
            raise RuntimeError(f"{key.table} is not as the migrations made it: {was!r} is not there once.")
        words = words.replace(was, now)
    return words


def _take_over(key: Key, up: bool) -> None:
    run = op.get_bind().exec_driver_sql
    names = [str(row[1]) for row in run(f"PRAGMA table_info({key.table})")]
    if key in PARTS and not up:
        names.remove("region_id")
    columns = ", ".join(names)
    into, given = columns, columns
    if key in PARTS and up:
        into += ", region_id"
        given += f", (SELECT region_id FROM {key.above} WHERE {key.above}.id = {key.table}.{key.column})"
    run(f"INSERT INTO {key.table}_anew ({into}) SELECT {given} FROM {key.table}")
