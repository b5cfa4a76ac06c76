"""The policy and people files in force; after a bad edit the last good ones stay in force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import structlog

from bot.errors import Misconfigured
from routing.files.default_policy import DEFAULT_POLICY
from routing.files.people_file import parse_people
from routing.files.policy_file import parse_policy
from routing.files.problems import InvalidFile
from routing.people import Person
from routing.policy import Policy

log = structlog.get_logger()

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What is in force: the organisation's policy and its people."""

    policy: Policy
    people: tuple[Person, ...]


class Policies:
    """Reads the files at start, and again when they change.

    `problems` is empty, or says why the files as they stand now are not in force.
    """

    def __init__(self, policy: Path | None, people: Path | None) -> None:
        """Read the files; `policy` None means the built-in default, `people` None nobody.

        Raises:
            Misconfigured: with every problem of both files, one a line.
        """
        self._policy = policy
        self._people = people
        self.problems: tuple[str, ...] = ()
        self._stamps = self._stamp()
        rulebook = self._read()
        if isinstance(rulebook, tuple):
            raise Misconfigured("\n".join(rulebook))
        self.current: Rulebook = rulebook

    def reload(self) -> bool:
        """Read the files again if they changed; True when something new is in force."""
        stamps = self._stamp()
        if stamps == self._stamps:
            return False
        self._stamps = stamps
        rulebook = self._read()
        if isinstance(rulebook, tuple):
            self.problems = rulebook
            log.error("policy_not_reloaded", in_force=self.current.policy.hash, problems=rulebook)
            return False
        self.problems = ()
        changed = rulebook != self.current
        self.current = rulebook
        if changed:
            log.info("policy_reloaded", hash=rulebook.policy.hash, people=len(rulebook.people))
        return changed

    def _read(self) -> Rulebook | tuple[str, ...]:
        problems: list[str] = []
        people = self._parse(self._people, "people: []", parse_people, problems)
        # Names in the policy can only be held against people that could be read.
        known = people if self._people is not None and people is not None else None
        policy = self._parse(
            self._policy,
            DEFAULT_POLICY,
            lambda text, file: parse_policy(text, file, known),
            problems,
        )
        if problems or policy is None or people is None:
            return tuple(problems)
        return Rulebook(policy, people)

    def _parse(
        self, path: Path | None, default: str, parse: Callable[[str, str], T], problems: list[str]
    ) -> T | None:
        try:
            if path is None:
                return parse(default, "(built-in)")
            return parse(self._text(path), str(path))
        except InvalidFile as exc:
            problems += str(exc).splitlines()
        except OSError as exc:
            problems.append(f"{path}: cannot be read: {exc.strerror or exc}")
        return None

    @staticmethod
    def _text(path: Path) -> str:
        return path.read_bytes().decode("utf-8", errors="replace")

    def _stamp(self) -> tuple[tuple[int, int] | None, ...]:
        return tuple(_stamp_of(path) for path in (self._policy, self._people) if path is not None)


def _stamp_of(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
