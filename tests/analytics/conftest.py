"""What the tests of the arithmetic share: repeatable property tests and the reference data."""

from pathlib import Path

import pytest
from hypothesis import settings

# Derandomized, so that a run that is green once is green again on the same code; no time limit per example,
# because the machine is shared.
settings.register_profile("analytics", deadline=None, database=None, derandomize=True)
settings.load_profile("analytics")

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED_DATA.is_dir():
        pytest.skip("the reference data in ../shared is not here")
    return SHARED_DATA
