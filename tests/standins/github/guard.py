"""What guards the default branch, as state: rulesets, and the older branch protection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

REPOSITORY_ADMIN: Mapping[str, object] = {
    "actor_id": 5,
    "actor_type": "RepositoryRole",
    "bypass_mode": "always",
}


@dataclass(frozen=True)
class Ruleset:
    """An active ruleset that requires checks: name → the app that must set it, or None."""

    id: int
    name: str
    checks: Mapping[str, int | None]
    strict: bool = False
    bypass: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True)
class Protection:
    """Classic branch protection that requires checks; `admins` says that it binds them too."""

    checks: Mapping[str, int | None]
    strict: bool = False
    admins: bool = False


@dataclass
class Guard:
    """Everything that guards the default branch, and whether our token may administrate."""

    rulesets: tuple[Ruleset, ...] = ()
    protection: Protection | None = None
    merge_queue: bool = False
    administrates: bool = False
