"""Counts SQL statements and their time in a server that is being measured, into a small shared file.

Python imports a module of this name at start when its folder is on PYTHONPATH: the measured program stays as it is.
"""

import mmap
import os
import struct
import threading
import time

if "ATTUNE_SQL_COUNTS" in os.environ:
    from sqlalchemy import Engine, event

    with open(os.environ["ATTUNE_SQL_COUNTS"], "r+b") as file:
        shared = mmap.mmap(file.fileno(), 16)
    lock = threading.Lock()

    @event.listens_for(Engine, "before_cursor_execute")
    def started(connection, cursor, statement, parameters, context, many):  # noqa: D103
        context.attune_started = time.perf_counter()

    @event.listens_for(Engine, "after_cursor_execute")
    def finished(connection, cursor, statement, parameters, context, many):  # noqa: D103
        spent = time.perf_counter() - context.attune_started
        if statement.startswith("BEGIN"):  # only SQLite sends it as a statement
            return
        with lock:
            count, seconds = struct.unpack("qd", shared[:16])
            shared[:16] = struct.pack("qd", count + 1, seconds + spent)
