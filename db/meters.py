"""What this process counts about itself, for Prometheus: no names, no keys, no text, only kinds and numbers."""

from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from sqlalchemy import func, select
from sqlmodel import Session, col

from db.acting import whole_reach
from db.models.drafts import Draft
from db.models.people import SignInSession
from db.settings import settings

REGISTRY = CollectorRegistry()
FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

SAVES = Counter("attune_saves", "Commands, by name and how they ended.", ["command", "outcome"], registry=REGISTRY)
REFUSED = Counter(
    "attune_refused_accesses", "Accesses refused, by thing and verb.", ["thing", "verb"], registry=REGISTRY
)
SQL_SECONDS = Histogram("attune_sql_seconds", "Time of one SQL statement.", registry=REGISTRY, buckets=FAST)
REQUESTS = Histogram(
    "attune_request_seconds", "Time of one HTTP request, by kind and status.", ["kind", "status"],
    registry=REGISTRY, buckets=FAST,
)  # fmt: skip
STREAMS = Gauge("attune_streams_open", "Browsers connected to this process.", registry=REGISTRY)
REPLICA = Counter("attune_replica_reads", "Screens, by whether the replica was read.", ["why"], registry=REGISTRY)
ENTRIES = Counter("attune_tablet_entries", "Entries from tablets, by how they ended.", ["state"], registry=REGISTRY)

_SESSIONS = Gauge("attune_sessions_active", "Sign-in sessions that stand, on all servers.", registry=REGISTRY)
_DRAFTS = Gauge("attune_drafts_open", "Drafts that wait, on all servers.", registry=REGISTRY)
_DRAFT_AGE = Gauge("attune_draft_oldest_seconds", "Since the oldest draft was last changed.", registry=REGISTRY)


def read_gauges(session: Session, now: datetime) -> None:
    """Bring what the database knows into the gauges, in two statements."""
    run = session.connection().execute
    standing = run(
        select(func.count()).where(
            col(SignInSession.ended_at).is_(None),
            col(SignInSession.ends_at) > now,
            col(SignInSession.last_seen_at) > now - timedelta(minutes=settings().idle_minutes),
        )
    ).scalar_one()
    with whole_reach():  # everybody's drafts, counted only
        open_drafts, oldest = run(
            select(func.count(), func.min(col(Draft.saved_at))).where(col(Draft.dropped_at).is_(None))
        ).one()
    _SESSIONS.set(standing)
    _DRAFTS.set(open_drafts)
    _DRAFT_AGE.set((now - oldest).total_seconds() if oldest else 0)
