"""Who set a password, and which provider opened a session"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.add_column("person", sa.Column("password_set_by_other_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.add_column("sign_in_session", sa.Column("issuer", TEXT(length=300), nullable=True))
    op.add_column("sign_in_session", sa.Column("provider_session", TEXT(length=64), nullable=True))
    op.create_index("ix_sign_in_session_provider_session", "sign_in_session", ["provider_session"])


def downgrade() -> None:
    op.drop_index("ix_sign_in_session_provider_session", "sign_in_session")
    op.drop_column("sign_in_session", "provider_session")
    op.drop_column("sign_in_session", "issuer")
    op.drop_column("person", "password_set_by_other_at")
