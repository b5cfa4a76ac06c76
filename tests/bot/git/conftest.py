"""A repository for every test, out of reach of the machine's own git configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.git.clone import Clone
from tests.bot.git.repository import Repository


@pytest.fixture(autouse=True)
def _git_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "shop")


@pytest.fixture
def clone(repository: Repository) -> Clone:
    return Clone(repository.path)
