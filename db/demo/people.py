"""The people with accounts: consultants with caseloads, supervisors, directors, coordinators, an admin."""

from datetime import date, timedelta

from db.demo.order import Block, Keys, Order, blocks, stamp
from db.demo.places import KEPT, PLACED, Map, Place
from db.marks import DemoSignIn

CASELOAD = 8
TEAM = 6
FIRST_NAMES = (
    "Ada", "Ben", "Cora", "Dev", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jonah", "Kira", "Leo", "Mona",
    "Noel",
    "Opal", "Pavel", "Quinn", "Rosa", "Sam", "Tara", "Uma", "Victor", "Wanda", "Xavi", "Yara", "Zane",
)  # fmt: skip


SIGN_INS = (
    DemoSignIn("consultant", "demo-consultant", "lantern pickle orchard swims"),
    DemoSignIn("director", "demo-director", "marble teapot drifts uphill"),
    DemoSignIn("coordinator", "demo-coordinator", "velvet compass hums at noon"),
    DemoSignIn("admin", "demo-admin", "copper ladder under the moon"),
)
"""Who can sign in to a demo. The passphrases are no secret: the sign-in page shows them."""
STAFF_LEAVE = ("other_program", "left_field", "pay_benefits", "workload", "moved_away", "unknown")
_PERSON = (
    *KEPT, "sign_in_name", "display_name", "role", "password_hash", "language", "supervisor_id", "license",
    "endorsement", "fte", "languages", "caseload_cap",
)  # fmt: skip
_SCOPE = (
    *KEPT, "person_id", "scope_type", "site_id", "program_id", "region_id", "case_role", "valid_from"
)  # fmt: skip


class _Register:
    """Collects people and their scopes."""

    def __init__(self, order: Order, keys: Keys, hashes: dict[str, str]) -> None:
        self.order, self.keys, self.hashes = order, keys, hashes
        self.from_day = order.first_day - timedelta(days=365)
        self.people: list[tuple[object, ...]] = []
        self.scopes: list[tuple[object, ...]] = []

    def person(self, role: str, sign_in: bool = False, supervisor: str | None = None) -> str:
        """Add a person; ``sign_in`` makes them the role's demo sign-in."""
        key, number = self.keys.one(), len(self.people)
        name = f"demo-{role}" if sign_in else f"demo-{role}-{number + 1:04d}"
        first = FIRST_NAMES[number % len(FIRST_NAMES)]
        shown = f"{first} Demo {role.title()}" if sign_in else f"{first} Demo {number + 1}"
        consults = role == "consultant"
        self.people.append(
            (
                key, 1, stamp(self.from_day), name, shown, role, self.hashes.get(name), "en", supervisor,
                "LCSW" if consults else None,
                "Infant mental health specialist" if consults and number % 2 else None,
                1.0, '["English", "Spanish"]' if number % 3 == 0 else '["English"]', 12 if consults else None,
            )
        )  # fmt: skip
        return key

    def give(self, person: str, kind: str, target: str, case_role: bool = False) -> None:
        """Give a person a site, a program or a region."""
        places = [target if kind == name else None for name in ("site", "program", "region")]
        self.scopes.append(
            (
                self.keys.one(),
                1,
                stamp(self.from_day),
                person,
                kind,
                *places,
                int(case_role),
                str(self.from_day),
            )
        )


def make(order: Order, keys: Keys, map_: Map, hashes: dict[str, str]) -> list[Block]:
    """Give all people and scopes, and note at each site who consults and who directs.

    ``hashes`` maps the name of each demo sign-in to the hash of its passphrase. Others cannot sign in.
    """
    register = _Register(order, keys, hashes)
    register.person("admin", sign_in=True)
    for region, region_id in enumerate(map_.regions):
        coordinator = register.person("coordinator", sign_in=region == 0)
        register.give(coordinator, "region", region_id)
        here = [site for site in map_.sites if site.region == region]
        _consultants(register, here, first=region == 0)
        for site in here:
            site.director_id = register.person("director", sign_in=site.number == 0)
            register.give(site.director_id, "site", site.id)
    case_lead = register.person("coordinator")
    register.give(case_lead, "program", map_.programs[0][0], case_role=True)
    return blocks(("person", _PERSON, register.people), ("person_scope", _SCOPE, register.scopes))


def _consultants(register: _Register, sites: list[Place], first: bool) -> None:
    """Share the sites of a region among consultants: the first few sites belong to the first consultant."""
    count = max(1, -(-len(sites) // CASELOAD))
    supervisor = ""
    for number in range(count):
        if number % TEAM == 0:
            supervisor = register.person("supervisor")
        consultant = register.person("consultant", sign_in=first and number == 0, supervisor=supervisor)
        for site in sites[number * len(sites) // count : (number + 1) * len(sites) // count]:
            site.consultant_id = consultant
            register.give(consultant, "site", site.id)


def staff(order: Order, keys: Keys, sites: list[Place]) -> list[Block]:
    """Give the staff of sites under aliases, with people who left and those who followed."""
    random = order.random(3, sites[0].number)
    rows: list[tuple[object, ...]] = []
    days = (order.until - order.first_day).days
    for site in sites:
        number = 0
        posts = [("director", "Director")]
        posts += [(role, f"{word} {room.name}") for room in site.rooms for role, word in _posts(site)]
        for role, label in posts:
            number += 1
            hired = order.first_day - timedelta(days=int(random.integers(60, 2500)))
            left: date | None = None
            if role != "director" and site.truth != "few_staff" and random.random() < 0.25 * order.months / 12:
                left = order.first_day + timedelta(days=int(random.integers(10, max(11, days - 20))))
            reason = STAFF_LEAVE[int(random.integers(0, len(STAFF_LEAVE)))] if left else None
            rows.append(_staff_row(keys, site, f"{label} {number}", role, hired, left, reason))
            if left:
                number += 1
                follows = min(left + timedelta(days=int(random.integers(5, 40))), order.until)
                rows.append(_staff_row(keys, site, f"{label} {number}", role, follows, None, None))
    columns = (*KEPT, *PLACED, "alias", "role", "fte", "hire_date", "leave_date", "leave_reason")
    return blocks(("staff", columns, rows))


def _posts(site: Place) -> tuple[tuple[str, str], ...]:
    lead, assistant = ("lead", "Lead"), ("assistant", "Assistant")
    return (lead,) if site.truth == "few_staff" else (lead, assistant)


def _staff_row(
    keys: Keys, site: Place, alias: str, role: str, hired: date, left: date | None, reason: str | None
) -> tuple[object, ...]:
    return (
        keys.one(), 1, stamp(hired), *site.placed, alias, role, 1.0, str(hired), str(left) if left else None,
        reason,
    )  # fmt: skip
