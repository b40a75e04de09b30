"""Find the programs of readers, which have their own environment."""

import sys
from pathlib import Path

import pytest

PROGRAMS = Path(sys.prefix) / "clients" / "bin"


@pytest.fixture(scope="session")
def programs() -> Path:
    """Return the folder of the programs; skip the test if `make clients` has not installed them."""
    if not PROGRAMS.exists():
        pytest.skip("the readers' programs are not installed: run `make clients`")
    return PROGRAMS
