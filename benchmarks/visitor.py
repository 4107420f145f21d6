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
    with httpx.Client(base_url=base_url, headers={"Origin": base_url}, timeout=WAIT_SECONDS) as client:
        form = client.get("/sign-in").text
        token = re.search(r'name="token" value="([^"]+)"', form)
        fields = {"token": token.group(1)} if token else {}
        answer = client.post("/sign-in", data={"name": name, "password": password, **fields})
        if answer.status_code != 303:
            raise RuntimeError(f"sign-in answered {answer.status_code}")
        return "; ".join(f"{key}={value}" for key, value in client.cookies.items())


class Visitor:
    """One open page: ``rerun`` runs its script again, as a tap on any widget does."""

    def __init__(self, base_url: str, cookie: str, page: str, query: str = "") -> None:
        self.connection: ClientConnection = connect(
            base_url.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit"],
            additional_headers={"Cookie": cookie, "Origin": base_url},
            max_size=None,
        )
        self.page, self.query, self.page_hash, self.fragment = page, query, "", ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def tap(self) -> Run:
        """Run only the part of the page that a tap in its form runs (its fragment), if it has one."""
        return self.rerun(self.fragment)

    def rerun(self, fragment: str = "") -> Run:
        """Run the script once and wait for its end."""
        message = BackMsg()
        message.rerun_script.fragment_id = fragment
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self.page_hash
        if not self.page_hash:
            message.rerun_script.page_name = self.page
        message.rerun_script.context_info.timezone = "UTC"
        self.connection.send(message.SerializeToString())
        run = Run()
        while True:
            received = self.connection.recv(timeout=WAIT_SECONDS, decode=False)
            run.messages += 1
            run.bytes += len(received)
            run.failed = run.failed or b"Something went wrong on our side" in received
            answer = ForwardMsg.FromString(received)
            kind = answer.WhichOneof("type")
            if kind == "navigation":
                self.page_hash = answer.navigation.page_script_hash
            elif kind == "delta" and answer.delta.fragment_id and not self.fragment:
                self.fragment = answer.delta.fragment_id
            elif kind == "script_finished" and answer.script_finished in (
                ForwardMsg.FINISHED_SUCCESSFULLY,
                ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
                ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
            ):
                return run
