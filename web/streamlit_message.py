"""Reads what Streamlit's WebSocket carries: messages of its protocol, or whatever somebody sent in their place."""

from typing import TypeVar

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

Parsed = TypeVar("Parsed", BackMsg, ForwardMsg)


def parsed(message: Parsed, data: bytes) -> Parsed | None:
    """Fill ``message`` with what the bytes say; None when they are no such message."""
    try:
        message.ParseFromString(data)
    except DecodeError:
        return None
    return message
