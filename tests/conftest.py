"""What every test shares: its store lies in memory where it can, and what is compiled is compiled once."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")


def pytest_configure(config: pytest.Config) -> None:
    """Put the tests' folders in memory, for thousands of stores are made and synced; --basetemp puts them elsewhere.

    Bytecode is kept whatever the machine prefers: each worker, and each bot that a test starts, would compile it all.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    if config.option.basetemp is None and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 2**30:
        config.option.basetemp = tempfile.mkdtemp(prefix="pkh-tests-", dir=MEMORY)
        config.add_cleanup(lambda: shutil.rmtree(config.option.basetemp, ignore_errors=True))
