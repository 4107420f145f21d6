"""Lets what was just typed arrive before its page is left.

Leaving a field and tapping the menu are two requests in one moment, and they come in either order. Streamlit answers
requests in quick succession by one run, with the values of one of them: what was typed last would be gone. So a change
of page first lets a last word from the page that is left go ahead, and waits until the run before it has ended.
"""

from collections import deque
from typing import Any, TypeVar

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

LAST_WORD_WITHIN_SECONDS = 0.05
WAITS_AT_MOST_SECONDS = 3.0
LONGEST_END = 200
"""The message that a run has ended is tiny: longer ones need not be looked into."""

Parsed = TypeVar("Parsed", BackMsg, ForwardMsg)


class Turns:
    """ASGI middleware for Streamlit's WebSocket: one page's run ends before the next page's begins."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one connection on, with both directions watched."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        turn = _Turn(receive)

        async def send_watched(message: Message) -> None:
            if message["type"] == "websocket.send" and len(message.get("bytes") or b"") in range(1, LONGEST_END):
                turn.answered(message["bytes"])
            await send(message)

        await self.app(scope, turn.receive, send_watched)


class _Turn:
    """What one connection asked last: for which page, and whether that run has ended."""

    def __init__(self, receive: Receive) -> None:
        self.came = receive
        self.held: deque[Message] = deque()
        self.page = ""
        self.ended = anyio.Event()
        self.ended.set()

    async def receive(self) -> Message:
        """Give the next message, in its turn."""
        message = self.held.popleft() if self.held else await self.came()
        page = _page(message)
        if page is None:
            return message
        if self.page and page != self.page:
            last_word = await self._last_word()
            if last_word is not None:
                self.held.appendleft(message)
                message, page = last_word, self.page
            else:
                with anyio.move_on_after(WAITS_AT_MOST_SECONDS):
                    await self.ended.wait()
        self.page = page or self.page
        self.ended = anyio.Event()
        return message

    async def _last_word(self) -> Message | None:
        """Give what the page that is left still has to say, if it comes right away."""
        if not self.held:
            with anyio.move_on_after(LAST_WORD_WITHIN_SECONDS):
                self.held.append(await self.came())
        if self.held and _page(self.held[0]) == self.page:
            return self.held.popleft()
        return None

    def answered(self, data: bytes) -> None:
        """Note the end of a run; one that was given up for the next is no end."""
        message = _parsed(ForwardMsg(), data)
        if message is None or message.WhichOneof("type") != "script_finished":
            return
        if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self.ended.set()


def _page(message: Message) -> str | None:
    """Give the page that a message asks a run of; None when it asks for something else."""
    data: Any = message.get("bytes")
    if message["type"] != "websocket.receive" or not data:
        return None
    asked: BackMsg | None = _parsed(BackMsg(), data)
    if asked is None or asked.WhichOneof("type") != "rerun_script":
        return None
    return str(asked.rerun_script.page_script_hash)


def _parsed(message: Parsed, data: bytes) -> Parsed | None:
    try:
        message.ParseFromString(data)
    except Exception:
        return None
    return message
