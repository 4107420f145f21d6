"""What screens over many sites read is kept for a moment, apart for everyone, and a few sites never."""

import pytest

from db import kept_briefly
from db.models.records import SiteMonth
from db.period import Period
from db.queries import compare


@pytest.fixture(autouse=True)
def clean():
    kept_briefly.forget()
    yield
    kept_briefly.forget()


def test_a_large_result_is_read_once_in_a_minute_and_a_small_one_every_time(monkeypatch):
    clock, reads = [1000.0], []
    monkeypatch.setattr(kept_briefly.time, "monotonic", lambda: clock[0])

    def read(count: int) -> list[int]:
        reads.append(count)
        return list(range(count))

    for _twice in range(2):
        kept_briefly.kept("many", lambda: read(kept_briefly.MANY), lambda found: found)
        kept_briefly.kept("few", lambda: read(kept_briefly.MANY - 1), lambda found: found)
    assert reads == [200, 199, 199]
    clock[0] += kept_briefly.SECONDS
    kept_briefly.kept("many", lambda: read(kept_briefly.MANY), lambda found: found)
    assert reads[3:] == [200]


def test_no_more_than_a_few_results_are_kept():
    for number in range(3 * kept_briefly.MOST_KEPT):
        kept_briefly.kept(number, lambda: list(range(kept_briefly.MANY)), lambda found: found)
    assert len(kept_briefly._kept) == kept_briefly.MOST_KEPT


def test_who_may_read_less_never_meets_what_was_kept_for_another(session, field, monkeypatch):
    monkeypatch.setattr(kept_briefly, "MANY", 1)
    monkeypatch.setattr(kept_briefly, "SECONDS", 1e9)
    month = Period.last_months(3, field.today).months()[0]
    field.add(SiteMonth(site_id=field.here.id, region_id=field.north.id, month=month, incidents=7, exclusions=3))
    session.commit()
    period = Period(month, field.today.replace(day=1))
    (open_,) = compare.site_sums(session, field.actor("consultant"), period)
    (closed,) = compare.site_sums(session, field.actor("coordinator"), period)
    assert (open_.exclusions, closed.exclusions) == (3, None)
    assert compare.site_sums(session, field.actor("admin"), period) == []
    row = session.get_one(SiteMonth, (field.here.id, month))
    row.exclusions = 5
    session.commit()
    assert compare.site_sums(session, field.actor("consultant"), period) == [open_]
    kept_briefly.forget()
    (fresh,) = compare.site_sums(session, field.actor("consultant"), period)
    assert fresh.exclusions == 5
