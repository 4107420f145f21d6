"""One form of the tablet app by itself, with made-up reference data, and someone who taps and types."""

import json
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import Locator, Page

MAPLE, OAK = "0190a000-0000-7000-8000-000000000001", "0190a000-0000-7000-8000-000000000002"
BUTTERFLIES, LADYBUGS = "0190a000-0000-7000-8000-000000000011", "0190a000-0000-7000-8000-000000000012"
ACORNS = "0190a000-0000-7000-8000-000000000021"
LAST_VISIT = {
    "visited_on": "2026-01-14", "minutes": 60, "minutes_program": 0, "minutes_classroom": 45,
    "minutes_child_family": 15, "mode": "phone", "permission_on": "2026-01-02",
    "activities": ["classroom_observation"], "participants": {"teacher": 2}, "classroom_ids": [LADYBUGS],
}  # fmt: skip

MOST_PRESSES = 150
FOCUSED = """() => {
    const element = document.activeElement;
    const named = (one) => (one.ariaLabel ?? one.labels?.[0]?.textContent ?? one.textContent).trim();
    const group = element.type === "radio" ? document.querySelectorAll(`[name="${element.name}"]`) : [];
    const choices = [...group].map(named);
    return { name: named(element), choices };
}"""
MOUNT = """async ([form, entry, reference, recent, language]) => {
    const { FormScreen } = await import("/capture/app/form_screen.js");
    const { html, render } = await import("/capture/app/vendor/preact.js");
    const definitions = await (await fetch(`/capture/definitions/${language}.json`)).json();
    document.documentElement.lang = language;
    window.heard = { changes: [], sent: [], next: [], left: 0, fails: false };
    const { heard } = window;
    window.mount = (kind, one) => {
        render(html`<${FormScreen} form=${kind} entry=${one} reference=${reference} definitions=${definitions}
            recent=${recent} onChange=${(fields) => heard.changes.push(fields)}
            onSend=${async (made) => { if (heard.fails) throw new Error("full"); heard.sent.push(made); }}
            onNext=${(next) => { heard.next.push(next); window.mount(next.form, fresh(next)); }}
            onLeave=${() => { heard.left += 1; }} />`, document.getElementById("app"));
    };
    const fresh = ({ form, fields }) =>
        ({ client_uuid: crypto.randomUUID(), form, fields, problems: [], refused: null });
    window.mount(form, entry);
}"""


def reference(form: str, *, sites: int = 2, last: bool = True, head_start: bool = False) -> dict[str, Any]:
    """Give what the server sends a tablet: two sites, where the last record was at the first one."""
    yesterday = (date.today() - timedelta(days=1)).isoformat()
    maple = {
        "id": MAPLE, "name": "Maple Lane Demo Center", "program": "Demo Head Start", "head_start": head_start,
        "forms": ["visit", "incident"], "last_visit": LAST_VISIT, "closed": {yesterday: "holiday"},
        "classrooms": [{"id": BUTTERFLIES, "name": "Butterflies"}, {"id": LADYBUGS, "name": "Ladybugs"}],
        "children": [{"key": "K-12", "permission_on": "2026-01-05"}],
    }  # fmt: skip
    oak = {
        "id": OAK, "name": "Oak Street Demo School", "program": "Demo Schools", "head_start": False,
        "forms": ["visit", "incident"], "classrooms": [{"id": ACORNS, "name": "Acorns"}], "children": [],
        "last_visit": None, "closed": {},
    }  # fmt: skip
    place = {"site_id": MAPLE, "classroom_ids": [BUTTERFLIES]}
    return {
        "person": {"id": str(uuid.uuid4()), "name": "Demo Consultant", "language": "en"},
        "sites": [maple, oak][:sites], "last": {"visit": place, "incident": place} if last else {},
    }  # fmt: skip


class TabletForm:
    """Someone in front of one form."""

    def __init__(self, page: Page, form: str, language: str = "en", **options: Any) -> None:
        self.page, self.form, self.taps = page, form, 0
        entry = {
            "client_uuid": str(uuid.uuid4()), "form": form, "fields": options.pop("fields", None),
            "problems": options.pop("problems", []), "refused": options.pop("refused", None),
        }  # fmt: skip
        recent: Sequence[Any] = options.pop("recent", [])
        page.evaluate(MOUNT, [form, entry, reference(form, **options), recent, language])

    def tap(self, name: str, within: str = "") -> None:
        """Tap a chip, button or link by its name; ``within`` names the question that a chip answers."""
        self.control(name, within).click()
        self.taps += 1

    def control(self, name: str, within: str = "") -> Locator:
        """Give a chip, button or link by its name."""
        groups = self.page.get_by_role("radiogroup", name=within).or_(self.page.get_by_role("group", name=within))
        place: Any = groups if within else self.page
        found = place.get_by_role("radio", name=name, exact=True)
        for role in ("checkbox", "button", "link"):
            found = found.or_(place.get_by_role(role, name=name, exact=True))
        return found.first

    def open_parts(self) -> None:
        """Open all that is folded."""
        for part in self.page.locator("details").all():
            if part.get_attribute("open") is None:
                part.locator("summary").click()

    def walk_to(self, name: str) -> None:
        """Reach a control with the Tab key, and inside a group of choices with the arrow keys."""
        for _press in range(MOST_PRESSES):
            here = self.page.evaluate(FOCUSED)
            if here["name"] == name:
                return
            self.page.keyboard.press("ArrowRight" if name in here["choices"] else "Tab")
        raise AssertionError(f"{name!r} cannot be reached with the keyboard")

    def press(self, name: str, key: str = "Space") -> None:
        """Reach a control with the keyboard and press it, unless an arrow key chose it already."""
        self.walk_to(name)
        if not self.page.evaluate("document.activeElement.matches('[type=radio]:checked')"):
            self.page.keyboard.press(key)

    @property
    def heard(self) -> Any:
        """What the form told the app: ``changes``, ``sent``, ``next``, ``left``."""
        return json.loads(self.page.evaluate("JSON.stringify(window.heard)"))

    @property
    def sent(self) -> dict[str, Any]:
        """The input of the last entry that was saved."""
        values: dict[str, Any] = self.heard["sent"][-1]["values"]
        return values
