"""Every public query of ``db.queries``: what it tells of counts that may be hidden, or why it tells nothing of them.

A new query is in neither list and fails ``test_every_reader_is_known``. Whoever adds one says here which sums it tells:
``Told`` writes them into the attacker's notebook over everything that a screen can ask for; ``Why`` gives the reason.
"""

from collections.abc import Callable
from typing import NamedTuple

from tests.disclosure import sums_told

Told = Callable[[sums_told.Reading], None]


class Why(NamedTuple):
    """Why a query tells no sum of children or incidents that could be hidden."""

    reason: str
    empty: bool = False


ROWS = Why("rows, and counts of them, only for who may read the rows", empty=True)
PLACES = Why("names, addresses, dates and settings of places and people who work there: no count of children")
VISITS = Why("consultation that took place: what consultants did, not what children did")
ENROLLED = Why("how many children are enrolled: the denominator, told to everybody who sees the site")
SURVEYS = Why("means of staff surveys: held by tests/db/test_survey_attack.py")
ROOMS = Why("means of two rooms or more, of whole quarters that no period cuts: held by tests/db/test_trends.py")
OWN = Why("one's own: what this person typed, chose or keeps")
CHILDREN = Why("means of whole groups of children: held by tests/db/test_child_outcomes.py")

MEETINGS = Why(
    "decisions in words; their figures only for who may read the incidents: held by tests/db/test_meetings.py"
)
CAPPED = Why("a share of children with an IEP, hidden on a small base and without its ends: tests/db/test_recording.py")

READERS: dict[str, Told | Why] = {
    "trends.site_months": sums_told.site_months,
    "trends.joined_months": sums_told.joined_months,
    "trends.incident_breakdowns": sums_told.incident_breakdowns,
    "patterns.incident_patterns": sums_told.incident_patterns,
    "compare.site_sums": sums_told.site_sums,
    "compare.sums_since": sums_told.sums_since,
    "today.site_counts": sums_told.site_counts,
    "outcome_months.told_sums": sums_told.outcome_sums,
    "calls.call_facts": sums_told.call_facts,
    "equity.group_counts": sums_told.group_counts,
    "compare.compared_sites": sums_told.compared_sites,
}
READERS |= {
    name: why
    for why, names in {
        ROWS: (
            "patterns.precise_cuts",
            "child_measures.child_measures", "child_measures.child_points", "child_measures.measured_children",
            "child_measures.open_child_measure", "history.child_measure_history", "choices.recent_children",
            "choices.similar_incidents",
            "enrolment.groups", "enrolment.last_groups", "exclusions.ledger", "exclusions.ledger_counts",
            "exclusions.ledger_due", "exclusions.open_exclusion", "opened.open_incident", "outcome_months.month_pairs",
            "outcome_months.child_spread", "patterns.child_keys", "quality_change.coded_twice",
            "quality_change.phase_scores",
            "observations.observations", "observations.open_observation", "site_time.exclusion_days",
            "today.exclusion_tally",
        ),
        PLACES: (
            "equity.equity_places", "need_to_know.readings_of", "own_account.own_account", "own_account.own_sessions",
            "chart_rebases.chart_rebases", "choices.capture_site", "choices.capture_sites", "choices.closure_on",
            "devices.devices_of", "enrolment.reads_groups", "packs.packs", "people.find_people", "people.one_person",
            "people.scopes_of", "people.supervisors", "places.classrooms", "places.my_sites", "places.programs",
            "places.regions", "site_details.closures", "site_details.events", "site_details.rooms",
            "site_details.site_people", "site_details.staff", "site_import.preview_sites", "sites.find_sites",
            "sites.one_site", "site_time.new_editions", "site_time.agreed_dose", "outcomes.staff_times",
            "compare.instruments_used", "trends.marks", "trends.site_head", "today.sites_without_consultant",
        ),
        VISITS: (
            "choices.last_visit", "history.content_at", "history.history", "opened.open_visit", "outcomes.dose",
            "records.find_records", "records.recorders", "today.follow_ups_due", "today.recent_visits",
            "today.waiting_sites", "visit_copy.visit_copy",
        ),
        ENROLLED: (
            "enrolment.month_grid", "enrolment.months_missing", "enrolment.sites_missing", "trends.missing_enrolment",
        ),
        SURVEYS: ("compare.stress_scores", "outcomes.survey_scores", "waves.open_wave", "waves.waves"),
        ROOMS: ("compare.quality_scores", "outcomes.room_means", "quality.quality_rounds"),
        OWN: (
            "capture.tablet_data", "choices.last_incident_place", "choices.last_visit_place", "drafts.my_drafts",
            "child_import.preview_child_measures", "observation_import.preview_observations",
            "observation_import.remembered_columns",
        ),
        MEETINGS: (
            "meetings.one_meeting", "meetings.quiet_rooms", "meetings.site_decisions", "meetings.site_meetings",
            "meetings.task_owners", "meetings.waiting_at", "today.decisions_due",
        ),
        CAPPED: ("recording.case_mix",),
        CHILDREN: ("child_outcomes.child_outcomes",),
    }.items()
    for name in names
}  # fmt: skip
