"""Lets what was just typed be taken in before its page is left.

Leaving a field and tapping the menu are two requests in quick succession. Streamlit answers such requests by one run,
with the values of the last, which has none of the page that is left: what was typed would be gone. So a change of page
waits until the run before it has ended.
"""

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from web.streamlit_message import parsed

WAITS_AT_MOST_SECONDS = 3.0
LONGEST_END = 200
"""The message that a run has ended is tiny: longer ones need not be looked into."""


class Turns:
    """ASGI middleware for Streamlit's WebSocket: one page's run ends before the next page's begins."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one connection on, with both directions watched."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        turn = _Turn()

        async def receive_in_turn() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and message.get("bytes"):
                await turn.asked(message["bytes"])
            return message

        async def send_watched(message: Message) -> None:
            if message["type"] == "websocket.send" and len(message.get("bytes") or b"") in range(1, LONGEST_END):
                turn.answered(message["bytes"])
            await send(message)

        await self.app(scope, receive_in_turn, send_watched)


class _Turn:
    """Which page one connection asked for last, and whether that run has ended."""

    def __init__(self) -> None:
        self.page = ""
        self.ended = anyio.Event()
        self.ended.set()

    async def asked(self, data: bytes) -> None:
        """Note that a run is asked for; wait first when it is of another page."""
        message: BackMsg | None = parsed(BackMsg(), data)
        if message is None or message.WhichOneof("type") != "rerun_script":
            return
        page = message.rerun_script.page_script_hash
        if self.page and page != self.page:
            with anyio.move_on_after(WAITS_AT_MOST_SECONDS):
                await self.ended.wait()
        self.page = page or self.page
        self.ended = anyio.Event()

    def answered(self, data: bytes) -> None:
        """Note the end of a run; one that was given up for the next is no end."""
        message: ForwardMsg | None = parsed(ForwardMsg(), data)
        if message is None or message.WhichOneof("type") != "script_finished":
            return
        if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self.ended.set()
