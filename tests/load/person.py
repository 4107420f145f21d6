"""A person at the screen, without a browser: finds widgets by their keys, changes and taps them, waits for the run."""

import random
import time
from dataclasses import dataclass

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

WAIT_SECONDS = 60
APOLOGY = b"Something went wrong on our side"
ENDS = (
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
    ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
)


class WentWrong(RuntimeError):
    """The page apologised, or a widget or a sentence that must be there is not."""


@dataclass
class Widget:
    """Where a widget is: its id, the fragment that it runs, and what it offers and holds."""

    id: str
    fragment: str
    options: tuple[str, ...]
    held: tuple[str, ...]


@dataclass
class Run:
    """What one run of the script took and sent."""

    seconds: float
    bytes: int


class Person:
    """One open connection. Each public action sends one message, as a browser does, and waits for the run's end.

    A browser sends the state of every widget each time; this sends only what changed, which the server takes the same
    way (it keeps the others).
    """

    def __init__(self, base_url: str, cookie: str) -> None:
        """Open the connection of a browser that is signed in by ``cookie``."""
        self.socket = connect(
            base_url.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit"],
            additional_headers={"Cookie": cookie, "Origin": base_url},
            max_size=None,
            legacy=True,
        )
        self.pages: dict[str, str] = {}
        self.page, self.query = "", ""
        self.widgets: dict[str, Widget] = {}
        self.said = b""

    def close(self) -> None:
        """Leave."""
        self.socket.close()

    def open(self, page: str, query: str = "") -> Run:
        """Go to a page by its address, as a tap in the menu does."""
        self.query, self.widgets = query, {}
        message = self._message()
        if page in self.pages:
            self.page = message.rerun_script.page_script_hash = self.pages[page]
        else:
            message.rerun_script.page_name = page
        return self._run(message)

    def choose(self, key: str, option: str | None = None) -> Run:
        """Tap a chip: the one that is named, or any that is not chosen yet, beside those that are."""
        widget = self._widget(key)
        free = [one for one in widget.options if one not in widget.held]
        return self._change(widget, string_array_value=[option or random.choice(free)])

    def type(self, key: str, text: str) -> Run:
        """Type a text and leave its field."""
        return self._change(self._widget(key), string_value=text)

    def tap(self, key: str) -> Run:
        """Tap a button."""
        return self._change(self._widget(key), trigger_value=True)

    def has(self, key: str) -> bool:
        """Tell whether a widget is on the screen."""
        return key in self.widgets

    def _widget(self, key: str) -> Widget:
        if key not in self.widgets:
            raise WentWrong(f"no widget {key}")
        return self.widgets[key]

    def _change(self, widget: Widget, **value: object) -> Run:
        message = self._message()
        message.rerun_script.page_script_hash = self.page
        message.rerun_script.fragment_id = widget.fragment
        state = WidgetState(id=widget.id)
        for name, what in value.items():
            if isinstance(what, list):
                getattr(state, name).data.extend(what)
            else:
                setattr(state, name, what)
        message.rerun_script.widget_states.widgets.append(state)
        return self._run(message)

    def _message(self) -> BackMsg:
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.context_info.timezone = "UTC"
        return message

    def _run(self, message: BackMsg) -> Run:
        began, size, self.said = time.perf_counter(), 0, b""
        self.socket.send(message.SerializeToString())
        while True:
            received = self.socket.recv(timeout=WAIT_SECONDS, decode=False)
            size += len(received)
            if APOLOGY in received:
                raise WentWrong("the page apologised")
            self.said += received
            answer = ForwardMsg.FromString(received)
            kind = answer.WhichOneof("type")
            if kind == "navigation":
                self.pages = {one.url_pathname: one.page_script_hash for one in answer.navigation.app_pages}
                self.page = answer.navigation.page_script_hash
            elif kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                self._note(answer.delta.new_element, answer.delta.fragment_id)
            elif kind == "script_finished" and answer.script_finished in ENDS:
                return Run(time.perf_counter() - began, size)

    def _note(self, element: Message, fragment: str) -> None:
        drawn = getattr(element, element.WhichOneof("type") or "empty")
        known = getattr(drawn, "id", "")
        if not isinstance(known, str) or not known.startswith("$$ID-"):
            return
        options = tuple(getattr(one, "content", one) for one in getattr(drawn, "options", ()))
        key = known.split("-", 2)[2]
        self.widgets[key] = Widget(known, fragment, options, tuple(getattr(drawn, "raw_values", ())))
