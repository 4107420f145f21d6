"""What was read for a screen over many sites, kept for a moment: a tap on a filter must not read it all again.

Kept is plain data in the memory of this process, under a key that holds the database, the person's role and reach, and
everything that was asked for. Nobody meets what another may see, and what is kept is at most ``SECONDS`` old. A few
sites are never kept: whoever writes sees at once what became of it.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from typing import Any, TypeVar

SECONDS = 60.0
MANY = 200
"""Rows from which a result is kept: that many sites are a coordinator's, who writes no records."""
MOST_KEPT = 16

Found = TypeVar("Found")
_lock = threading.Lock()
_kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()


def kept(key: Hashable, read: Callable[[], Found], size: Callable[[Found], Sized]) -> Found:
    """Give what was read under the key a moment ago, or read it now; it is kept where its ``size`` is large."""
    now = time.monotonic()
    with _lock:
        when, found = _kept.get(key, (0.0, None))
        if found is not None and now - when < SECONDS:
            return found  # type: ignore[no-any-return]
    fresh = read()
    if len(size(fresh)) >= MANY:
        with _lock:
            _kept[key] = (now, fresh)
            _kept.move_to_end(key)
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    return fresh


def forget() -> None:
    """Keep nothing any more."""
    with _lock:
        _kept.clear()
