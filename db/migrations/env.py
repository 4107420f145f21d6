"""Runs migrations on the connection that ``db.migrate`` hands over, or on the configured database.

A migration that was released is history: it is never tidied, and what it repeats is not drawn out of it. It must do
tomorrow on somebody's old database what it did yesterday on everybody else's.
"""

from alembic import context
from sqlalchemy import Connection

from db.engine import engine
from db.models import Base


def run(connection: Connection) -> None:
    """Run the wanted migrations on one connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with engine().connect() as connection:
        run(connection)
