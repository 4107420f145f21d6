"""The clock of a whole test run: a time zone in which it is about noon, so that no run meets a midnight.

The invented regions, the browsers, the servers that tests start and the tests themselves all keep it. Importing this
sets it; pytest's workers inherit it, so that they agree even when they start on both sides of a full hour.
"""

import os
import time
from datetime import UTC, datetime

_hours = int(os.environ.setdefault("ATTUNE_TEST_HOURS_WEST", str(datetime.now(UTC).hour - 12)))
NOON = f"Etc/GMT{_hours:+d}"
"""The zone's name, with the sign that such names have: plus is west."""

os.environ["TZ"] = f"NOON{_hours:+d}"
time.tzset()
