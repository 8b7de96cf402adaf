"""What every test shares: its store lies in memory where it can, for thousands are made and synced."""

import shutil
import tempfile
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")


def pytest_configure(config: pytest.Config) -> None:
    """Put the tests' folders in memory; --basetemp puts them elsewhere."""
    if config.option.basetemp is None and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 2**30:
        config.option.basetemp = tempfile.mkdtemp(prefix="pkh-tests-", dir=MEMORY)
        config.add_cleanup(lambda: shutil.rmtree(config.option.basetemp, ignore_errors=True))
