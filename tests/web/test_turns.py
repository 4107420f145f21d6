"""A change of page waits for the run before it, so that what was typed last arrives; nothing else waits."""

from typing import Any

import anyio
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from web import turns

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def ask(page: str) -> dict[str, Any]:
    message = BackMsg()
    message.rerun_script.page_script_hash = page
    return {"type": "websocket.receive", "bytes": message.SerializeToString()}


def ended(how: Any = ForwardMsg.FINISHED_SUCCESSFULLY) -> dict[str, Any]:
    message = ForwardMsg()
    message.script_finished = how
    return {"type": "websocket.send", "bytes": message.SerializeToString()}


async def heard(asked: list[dict[str, Any]], answers: list[dict[str, Any]]) -> list[str]:
    """Send ``asked`` to an app that answers with ``answers`` once nothing more comes; give what it heard, in order."""
    order: list[str] = []
    inward, outward = anyio.create_memory_object_stream[dict[str, Any]](10)

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        async def listen() -> None:
            for _ in asked:
                message = BackMsg.FromString((await receive())["bytes"])
                order.append(message.rerun_script.page_script_hash)

        async with anyio.create_task_group() as group:
            group.start_soon(listen)
            await anyio.wait_all_tasks_blocked()
            for answer in answers:
                order.append("ended")
                await send(answer)

    async def send(_message: Any) -> None:
        return None

    for message in asked:
        await inward.send(message)
    await turns.Turns(app)({"type": "websocket"}, outward.receive, send)
    return order


async def test_another_page_waits_until_the_run_before_has_ended() -> None:
    assert await heard([ask("a"), ask("b")], [ended()]) == ["a", "ended", "b"]


async def test_a_run_of_a_part_of_the_page_counts_too() -> None:
    part = ended(ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
    assert await heard([ask("a"), ask("b")], [part]) == ["a", "ended", "b"]


async def test_a_run_that_was_given_up_for_the_next_is_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "WAITS_AT_MOST_SECONDS", 0.2)
    early = ended(ForwardMsg.FINISHED_EARLY_FOR_RERUN)
    assert await heard([ask("a"), ask("b")], [early, ended()]) == ["a", "ended", "ended", "b"]


async def test_the_same_page_never_waits() -> None:
    assert await heard([ask("a"), ask("a")], [ended()]) == ["a", "a", "ended"]


async def test_nobody_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "WAITS_AT_MOST_SECONDS", 0.05)
    assert await heard([ask("a"), ask("b")], []) == ["a", "b"]


async def test_what_is_no_request_passes_at_once_and_unchanged() -> None:
    passed = []

    async def app(_scope: Any, receive: Any, _send: Any) -> None:
        passed.extend([await receive(), await receive()])

    odd = [{"type": "websocket.receive", "bytes": b"\xff\xff"}, {"type": "websocket.disconnect", "code": 1001}]
    inward, outward = anyio.create_memory_object_stream[dict[str, Any]](10)
    for message in odd:
        await inward.send(message)
    await turns.Turns(app)({"type": "websocket"}, outward.receive, outward.receive)
    assert passed == odd
