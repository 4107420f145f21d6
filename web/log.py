"""One line of JSON per event on stderr, without names, typed text or the content of records.

Every log record of the process passes through here, those of libraries too: an exception is told by its
types and the places in the code, never by its message, which may quote a record. Of a library's record only
the sentence as it stands in its source is kept, without the values filled in; one that could be filled
already is left out.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from web.request_id import request_id

OURS = "attune"
REPEATED = "Uncaught app execution"

_log = logging.getLogger(OURS)


def event(name: str, *, level: int = logging.INFO, **fields: Any) -> None:
    """Log something that happened. ``fields`` must hold no names, no typed text and no tokens."""
    _log.log(level, name, fields)


def places(error: BaseException) -> dict[str, Any]:
    """Give an exception's types (with its causes) and where in the code it went through, innermost last."""
    types, frames = list[str](), list[str]()
    current: BaseException | None = error
    while current is not None and len(types) < 10:
        types.append(f"{type(current).__module__}.{type(current).__qualname__}")
        frames = [_place(one.filename, one.lineno, one.name) for one in traceback.extract_tb(current.__traceback__)]
        current = current.__cause__ or current.__context__
    return {"error": types, "at": frames[-25:]}


def configure(level: str = "INFO") -> None:
    """Send every record of the process to stderr as such a line."""
    logging.setLogRecordFactory(_record)
    logging.raiseExceptions = False  # a log that cannot be written would print the record's values instead
    _log.setLevel(level)
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(lambda record: record.getMessage() != "")
    logging.getLogger().handlers = [handler]
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        if name.partition(".")[0] in {"uvicorn", "streamlit", "websockets"}:
            logger.handlers, logger.propagate = [], True
            logger.setLevel(logging.WARNING)


def _record(
    name: str,
    level: int,
    path: str,
    line: int,
    message: object,
    args: Any,
    exc_info: Any,
    *rest: Any,
    **more: Any,
) -> logging.LogRecord:
    """Make a record whose text is the finished line, so that no handler anywhere can add to it."""
    text = "" if message == REPEATED else _line(name, level, path, line, message, args, exc_info)
    return logging.LogRecord(name, level, path, line, text, (), None)


def _line(name: str, level: int, path: str, line: int, message: object, args: Any, exc_info: Any) -> str:
    fields: dict[str, Any] = {
        "at_time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "level": logging.getLevelName(level).lower(),
    }
    if name.partition(".")[0] == OURS:
        fields |= {"event": str(message), **(args[0] if args and isinstance(args[0], dict) else {})}
    else:
        fields |= {"event": str(message) if args else "library", "from": name, "line": _place(path, line, "")}
    if number := request_id():
        fields["request"] = number
    error = exc_info[1] if isinstance(exc_info, tuple) else None
    if error is not None:
        fields |= places(error)
    return json.dumps(fields, default=str)


def _place(path: str, line: int | None, function: str) -> str:
    parts = Path(path).parts
    start = parts.index("site-packages") + 1 if "site-packages" in parts else max(0, len(parts) - 2)
    return f"{'/'.join(parts[start:])}:{line or 0}" + (f" {function}" if function else "")
