"""What the capture app on a tablet asks the server for: its reference data, and how its tablet stands."""

import uuid
from typing import Any

from anyio import to_thread
from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from db import devices
from db.actor import Actor
from db.capture_lists import LastVisit
from db.commands.devices import register_device
from db.engine import session
from db.errors import Conflict
from db.models.base import utc_now
from db.queries.capture import TabletSite, tablet_data
from db.queries.choices import LastPlace
from web import api, tablets


class Device(api.Sent):
    """A browser that sets up the app: the key that it made for itself, and a name for the list of tablets."""

    id: uuid.UUID
    name: str = Field(default="", max_length=200)


async def give_reference(request: Request) -> Response:
    """GET /api/capture?device=: the least that the forms need without a signal, for whoever is signed in."""
    try:
        device = uuid.UUID(request.query_params.get("device", ""))
    except ValueError:
        return JSONResponse({"reason": "malformed"}, 422)
    return await api.answer(request, lambda actor: _reference(request, actor, device))


async def take_device(request: Request) -> Response:
    """POST /api/capture/devices: set this browser up for whoever is signed in; again is like once."""
    device = await api.sent(request, Device)
    if isinstance(device, Response):
        return device
    return await api.answer(request, lambda actor: _register(request, actor, device))


async def tell_state(request: Request) -> Response:
    """GET /api/capture/devices/{id}: how a tablet stands, for whoever knows its key: asked when signed out."""
    return JSONResponse({"state": await to_thread.run_sync(_state, request.path_params["device"])})


def _state(device: uuid.UUID) -> devices.State:
    with session() as opened:
        return devices.device_state(opened, device)


def _register(request: Request, actor: Actor, device: Device) -> Response:
    name = "".join(letter for letter in device.name if letter.isprintable())
    try:
        with session() as opened:
            register_device(opened, actor, device.id, name)
    except Conflict:
        return JSONResponse({"reason": "revoked"}, 403)
    answer = JSONResponse({"state": "active"})
    tablets.remember(request, answer, device.id)
    return answer


def _reference(request: Request, actor: Actor, device: uuid.UUID) -> Response:
    now = utc_now()
    with session() as opened:
        refused = devices.why_refused(opened, device, actor.person_id)
        if refused:
            return JSONResponse({"reason": refused}, 403)
        found = tablet_data(opened, actor, now.date())
        is_set_up = devices.device_state(opened, device) == "active"
        devices.note_contact(opened, device, actor.session_id, now)
    answer = JSONResponse(
        {
            "person": {"id": str(actor.person_id), "name": actor.display_name, "language": actor.language},
            "server_now": now.isoformat(),
            "sites": [_site(one) for one in found.sites],
            "last": {"visit": _place(found.last_visit_place), "incident": _place(found.last_incident_place)},
        }
    )
    if is_set_up:
        tablets.remember(request, answer, device)
    return answer


def _site(one: TabletSite) -> dict[str, Any]:
    return {
        "id": str(one.site.id),
        "name": one.site.name,
        "program": one.site.program,
        "head_start": one.site.head_start,
        "forms": list(one.forms),
        "classrooms": [{"id": str(room.id), "name": room.name} for room in one.classrooms],
        "children": [
            {"key": child.key, "permission_on": child.permission_on and child.permission_on.isoformat()}
            for child in one.children
        ],
        "last_visit": one.last_visit and _visit(one.last_visit),
        "closed": {day.isoformat(): reason for day, reason in one.closed.items()},
    }


def _visit(last: LastVisit) -> dict[str, Any]:
    return {
        **last._asdict(),
        "visited_on": last.visited_on.isoformat(),
        "minutes": last.minutes,
        "permission_on": last.permission_on and last.permission_on.isoformat(),
        "classroom_ids": [str(room) for room in last.classroom_ids],
    }


def _place(place: LastPlace | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {"site_id": str(place.site_id), "classroom_ids": [str(room) for room in place.classroom_ids]}


routes = [
    Route("/api/capture", give_reference, methods=["GET"]),
    Route("/api/capture/devices", take_device, methods=["POST"]),
    Route("/api/capture/devices/{device:uuid}", tell_state, methods=["GET"]),
]
