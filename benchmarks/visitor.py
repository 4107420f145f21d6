"""A visitor that speaks Streamlit's own WebSocket protocol: signs in, opens a page, reruns it, counts bytes."""

import re
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

WAIT_SECONDS = 120


@dataclass
class Run:
    """What one run of the page's script sent."""

    messages: int = 0
    bytes: int = 0
    failed: bool = False


def cookie_of(base_url: str, name: str, password: str) -> str:
    """Sign in as a person would, and give the cookies."""
    with httpx.Client(base_url=base_url, headers={"Origin": base_url}) as client:
        form = client.get("/sign-in").text
        token = re.search(r'name="token" value="([^"]+)"', form)
        fields = {"token": token.group(1)} if token else {}
        answer = client.post("/sign-in", data={"name": name, "password": password, **fields})
        if answer.status_code != 303:
            raise RuntimeError(f"sign-in answered {answer.status_code}")
        return "; ".join(f"{key}={value}" for key, value in client.cookies.items())


class Visitor:
    """One open page: ``rerun`` runs its script again, as a tap on any widget does."""

    def __init__(self, base_url: str, cookie: str | None, page: str, query: str = "") -> None:
        headers = {"Cookie": cookie} if cookie else {}
        self.connection: ClientConnection = connect(
            base_url.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit"],
            additional_headers={**headers, "Origin": base_url},
            max_size=None,
        )
        self.page, self.query, self.page_hash = page, query, ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def rerun(self) -> Run:
        """Run the script once and wait for its end."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self.page_hash
        if not self.page_hash:
            message.rerun_script.page_name = self.page
        message.rerun_script.context_info.timezone = "UTC"
        self.connection.send(message.SerializeToString())
        run = Run()
        while True:
            received = self.connection.recv(timeout=WAIT_SECONDS)
            run.messages += 1
            run.bytes += len(received)
            answer = ForwardMsg.FromString(received if isinstance(received, bytes) else received.encode())
            kind = answer.WhichOneof("type")
            if kind == "new_session":
                self.page_hash = answer.new_session.page_script_hash
            elif kind == "delta" and answer.delta.new_element.WhichOneof("type") == "exception":
                run.failed = True
            elif kind == "script_finished" and answer.script_finished in (
                ForwardMsg.FINISHED_SUCCESSFULLY,
                ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
            ):
                return run
