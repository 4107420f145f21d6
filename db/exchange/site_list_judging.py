"""Judges what a site list would do to the stored sites: added, changed, unchanged or refused, row by row."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlmodel import Session, col, select

from db import access
from db.actor import Actor
from db.audit import digest
from db.errors import InvalidInput, Problem
from db.exchange.site_list import ListedSite
from db.models.organisation import Site
from db.models.organisation_input import SiteInput

Status = Literal["added", "changed", "unchanged", "refused"]


class Change(NamedTuple):
    """One field of a site as it is and as the list says."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class PreviewRow:
    """What one row would do. ``site`` would be written; ``site_id`` and ``version`` are of the stored one."""

    number: int
    name: str
    license_no: str | None
    status: Status
    problems: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] = ()
    site: SiteInput | None = None
    site_id: uuid.UUID | None = None
    version: int | None = None


@dataclass(frozen=True)
class ImportPreview:
    """What a list would do, in the order of its rows."""

    program_id: uuid.UUID
    rows: tuple[PreviewRow, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows there are of each status."""
        return Counter(row.status for row in self.rows)

    @property
    def signature(self) -> str:
        """What tells whether the same list would still do the same."""
        return digest([[row.number, row.status, row.changes, row.site_id, row.version] for row in self.rows])


def judged(session: Session, actor: Actor, listed: Sequence[ListedSite], program_id: uuid.UUID) -> ImportPreview:
    """Give what each row of a list would do to the sites of a program that the actor may add sites to.

    A row finds its site by the license number, or by the name where one of the two has none. A cell that is
    empty leaves the stored value as it is, and a guessed setting never replaces a stored one.
    """
    stored = _Stored(session, actor, listed, program_id)
    doubles = _doubles(listed)
    names = _distinct_names([site for site in listed if site.number not in doubles])
    rows: list[PreviewRow] = []
    taken: set[str] = set()
    for site in listed:
        problems = (*site.problems, *doubles.get(site.number, ()))
        row = _judged(site, problems, names.get(site.number, ()), program_id, stored)
        if row.site and row.status != "refused":
            if row.site.name in taken:
                row = _refused(site, (Problem("name", "name_taken"),))
            taken.add(row.name)
        rows.append(row)
    return ImportPreview(program_id, tuple(rows))


class _Stored:
    """The stored sites that a list may touch."""

    def __init__(self, session: Session, actor: Actor, listed: Sequence[ListedSite], program_id: uuid.UUID) -> None:
        licenses = [str(site.values["license_no"]) for site in listed if "license_no" in site.values]
        condition = col(Site.license_no).in_(licenses) | (col(Site.program_id) == program_id)
        rows = session.exec(select(Site).where(condition)).all()
        within = set(
            session.connection()
            .execute(
                select(col(Site.id)).where(
                    col(Site.id).in_([row.id for row in rows]), access.sites(actor, "site", "change")
                )
            )
            .scalars()
        )
        self.by_license = {row.license_no: row for row in rows if row.license_no}
        self.by_name = {row.name: row for row in rows if row.program_id == program_id}
        self.within = within


def _judged(
    site: ListedSite,
    problems: tuple[Problem, ...],
    names: tuple[str, ...],
    program_id: uuid.UUID,
    stored: _Stored,
) -> PreviewRow:
    license_no = site.values.get("license_no")
    known = stored.by_license.get(license_no) if license_no else None
    if known is None:
        alike = (stored.by_name[name] for name in names if name in stored.by_name)
        known = next((row for row in alike if not (license_no and row.license_no)), None)
    if known and (known.id not in stored.within or known.program_id != program_id or known.deleted_at):
        return _refused(site, (*problems, Problem("license_no", "license_elsewhere")))
    values = {**site.values}
    if names:
        values["name"] = _name_for(known, names, stored)
    before = _values_of(known) if known else {}
    wanted = {"program_id": program_id, "setting": site.setting, **before, **values}
    try:
        made = SiteInput.checked(wanted)
    except InvalidInput as invalid:
        mentioned = {problem.field for problem in problems}
        new = tuple(problem for problem in invalid.problems if problem.field not in mentioned)
        return _refused(site, (*problems, *new))
    if problems:
        return _refused(site, problems)
    place: dict[str, Any] = {
        "number": site.number,
        "name": made.name,
        "license_no": made.license_no,
        "site": made,
    }
    if known is None:
        return PreviewRow(status="added", **place)
    after = made.model_dump()
    changed = tuple(Change(name, before[name], after[name]) for name in before if before[name] != after[name])
    status: Status = "changed" if changed else "unchanged"
    return PreviewRow(status=status, changes=changed, site_id=known.id, version=known.version, **place)


def _refused(site: ListedSite, problems: tuple[Problem, ...]) -> PreviewRow:
    return PreviewRow(
        number=site.number,
        name=str(site.values.get("name", "")),
        license_no=site.values.get("license_no"),
        status="refused",
        problems=problems,
    )


def _values_of(row: Site) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in SiteInput.model_fields}
    return {**values, "languages": tuple(row.languages)}


def _name_for(known: Site | None, names: tuple[str, ...], stored: _Stored) -> str:
    """Give the name that a row's site gets: its own if the list may mean it, else the first free one."""
    if known and known.name in names:
        return known.name
    free = (name for name in names if name not in stored.by_name or stored.by_name[name] is known)
    return next(free, names[-1])


def _distinct_names(listed: Sequence[ListedSite]) -> dict[int, tuple[str, ...]]:
    """Give, per row, the names that it may go by, the first to be taken.

    Chains run many sites under one name. Where several licensed sites of a list share one, each is told apart
    by its city, its address or its license number, so that a person can choose among them.
    """
    alike: dict[str, list[ListedSite]] = defaultdict(list)
    for site in listed:
        alike[str(site.values.get("name", ""))].append(site)
    names: dict[int, tuple[str, ...]] = {}
    for name, sites in alike.items():
        forms = {site.number: _forms(name, site) for site in sites}
        first = next((place for place in range(4) if len({forms[one.number][place] for one in sites}) == len(sites)), 3)
        for site in sites:
            possible = forms[site.number]
            ordered = dict.fromkeys((*possible[first:], *possible[:first]))
            names[site.number] = tuple(form for form in ordered if form)
    return names


def _forms(name: str, site: ListedSite) -> tuple[str, str, str, str]:
    city, address = site.values.get("city", ""), site.values.get("address", "")
    license_no = site.values.get("license_no", "")
    place = ", ".join(part for part in (address, city) if part)

    def told_apart(part: str) -> str:
        return f"{name} ({part})" if name and part else name

    return name, told_apart(city), told_apart(place), told_apart(license_no)


def _doubles(listed: Sequence[ListedSite]) -> dict[int, list[Problem]]:
    """Give the rows that repeat a license number, or a name where one of the two has no license number."""
    problems: dict[int, list[Problem]] = defaultdict(list)
    licenses: dict[str, int] = {}
    names: dict[str, ListedSite] = {}
    for site in listed:
        license_no, name = site.values.get("license_no"), str(site.values.get("name", "")).casefold()
        alike = names.get(name) if name else None
        if license_no and license_no in licenses:
            problems[site.number].append(Problem("license_no", "listed_twice", {"row": licenses[license_no]}))
        elif alike and not (license_no and alike.values.get("license_no")):
            problems[site.number].append(Problem("name", "listed_twice", {"row": alike.number}))
        if license_no:
            licenses.setdefault(license_no, site.number)
        if alike is None or not license_no:
            names[name] = site
    return problems
