"""Operations: a second factor, identities at OpenID providers, what remains of purged records"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UTC = sqlmodel.sql.sqltypes.UTCDateTime
TEXT = sqlmodel.sql.sqltypes.AutoString


PURGED = (
    "SELECT 1 FROM audit_event JOIN tombstone ON tombstone.id = audit_event.entity_id WHERE audit_event.seq = OLD.seq"
)


def let_purged_content_go() -> None:
    """Let the content of an audit event be deleted once the record that it is about was deleted for good."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_content_outlives_no_purge() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF NOT EXISTS ({PURGED}) THEN RAISE EXCEPTION 'the audit is append-only'; END IF;"
            " RETURN OLD; END $$"
        )
        op.execute("DROP TRIGGER audit_content_append_only ON audit_content")
        op.execute(
            "CREATE TRIGGER audit_content_append_only BEFORE UPDATE OR TRUNCATE ON audit_content "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()"
        )
        op.execute(
            "CREATE TRIGGER audit_content_no_delete BEFORE DELETE ON audit_content "
            "FOR EACH ROW EXECUTE FUNCTION audit_content_outlives_no_purge()"
        )
    else:
        op.execute("DROP TRIGGER audit_content_no_delete")
        op.execute(
            "CREATE TRIGGER audit_content_no_delete BEFORE DELETE ON audit_content "
            f"WHEN NOT EXISTS ({PURGED}) BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        )


def keep_all_content() -> None:
    """Give the audit its first rule back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_content_no_delete ON audit_content")
        op.execute("DROP TRIGGER audit_content_append_only ON audit_content")
        op.execute("DROP FUNCTION audit_content_outlives_no_purge()")
        op.execute(
            "CREATE TRIGGER audit_content_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_content "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()"
        )
    else:
        op.execute("DROP TRIGGER audit_content_no_delete")
        op.execute(
            "CREATE TRIGGER audit_content_no_delete BEFORE DELETE ON audit_content "
            "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        )


def upgrade() -> None:
    op.create_table('tombstone',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('entity', TEXT(length=40), nullable=False),
    sa.Column('client_uuid', sa.Uuid(), nullable=True),
    sa.Column('purged_at', UTC(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tombstone')),
    sa.UniqueConstraint('client_uuid', name=op.f('uq_tombstone_client_uuid'))
    )
    op.create_table('person_identity',
    sa.Column('issuer', TEXT(length=300), nullable=False),
    sa.Column('subject', TEXT(length=255), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('linked_at', UTC(), nullable=False),
    sa.Column('last_used_at', UTC(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_identity_person_id')),
    sa.PrimaryKeyConstraint('issuer', 'subject', name=op.f('pk_person_identity'))
    )
    op.create_index(op.f('ix_person_identity_person_id'), 'person_identity', ['person_id'], unique=False)
    op.create_table('recovery_code',
    sa.Column('code_hash', TEXT(length=64), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('used_at', UTC(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_recovery_code_person_id')),
    sa.PrimaryKeyConstraint('code_hash', name=op.f('pk_recovery_code'))
    )
    op.create_index(op.f('ix_recovery_code_person_id'), 'recovery_code', ['person_id'], unique=False)
    op.add_column('person', sa.Column('totp_secret', TEXT(length=200), nullable=True))
    op.add_column('person', sa.Column('totp_confirmed_at', UTC(), nullable=True))
    op.add_column('person', sa.Column('totp_last_step', sa.Integer(), nullable=True))
    op.add_column('sign_in_session', sa.Column('method', TEXT(length=20), nullable=True))
    op.add_column('sign_in_session', sa.Column('browser', TEXT(length=60), nullable=True))
    op.create_index("ix_audit_event_actor_id_seq", "audit_event", ["actor_id", "seq"])
    let_purged_content_go()


def downgrade() -> None:
    keep_all_content()
    op.drop_index("ix_audit_event_actor_id_seq", "audit_event")

    op.drop_column('sign_in_session', 'browser')
    op.drop_column('sign_in_session', 'method')
    op.drop_column('person', 'totp_last_step')
    op.drop_column('person', 'totp_confirmed_at')
    op.drop_column('person', 'totp_secret')
    op.drop_index(op.f('ix_recovery_code_person_id'), table_name='recovery_code')
    op.drop_table('recovery_code')
    op.drop_index(op.f('ix_person_identity_person_id'), table_name='person_identity')
    op.drop_table('person_identity')
    op.drop_table('tombstone')