"""Agreed and delivered minutes over the same months."""

from datetime import date

from analytics.dose import Dose, dose, planned_minutes

MONTHS = [date(2026, month, 1) for month in range(1, 7)]


def test_what_was_agreed_holds_from_the_month_in_which_the_service_began_to_its_end() -> None:
    planned = planned_minutes(MONTHS, 240, date(2026, 2, 10), date(2026, 4, 30))
    assert planned == [None, 240, 240, 240, None, None]
    assert planned_minutes(MONTHS, None, None, None) == [None] * 6
    assert planned_minutes(MONTHS, 100, None, None) == [100] * 6


def test_the_dose_counts_full_months_of_service_only() -> None:
    planned = planned_minutes(MONTHS, 240, date(2026, 2, 10), None)
    found = dose(MONTHS, [999, 999, 120, 240, 300, 999], planned, date(2026, 2, 10), date(2026, 6, 15))
    assert found == Dose(planned=720, delivered=660, months=3)
    assert dose(MONTHS, [0] * 6, [None] * 6, None, date(2026, 6, 15)) is None
