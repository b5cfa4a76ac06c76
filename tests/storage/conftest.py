"""A new database for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Storage
from tests.storage.blank import open_blank


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    opened = open_blank(tmp_path / "countersign.db")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shared_storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    """One for all examples of a property test; they work in it `undone`."""
    opened = open_blank(tmp_path_factory.mktemp("shared") / "countersign.db")
    yield opened
    opened.close()
