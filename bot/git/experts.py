"""Who knows some paths of a clone, from its history at HEAD."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.errors import Misconfigured
from bot.facts import WINDOW
from bot.git.cache import project_of
from bot.git.clone import Clone
from bot.git.commit_log import landed_at
from bot.git.history import Progress, import_history
from bot.git.people import people_of_clone
from routing.globs.patterns import Patterns, fault
from routing.knowledge.expertise import measure_expertise
from routing.knowledge.experts import Area, Knowledge, areas, know, still_here
from routing.model import PastChange
from routing.people import MAIL, People, Person, mail_identity
from storage.database import Storage
from storage.history import Author, History

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Found:
    """Who knows the files that were asked about, at the commit `head`.

    `seen` is when each person last wrote or reviewed anything, `names` how they are called.
    """

    head: str
    files: tuple[str, ...]
    knowledge: Knowledge
    areas: tuple[Area, ...]
    seen: Mapping[str, datetime]
    names: Mapping[str, str]


async def find_experts(
    clone: Clone,
    paths: Sequence[str],
    people: Sequence[Person],
    storage: Storage,
    progress: Progress,
) -> Found:
    """Measure who knows `paths`: files, directories or globs, from the clone's folder.

    With `people`, whoever is not among them, or no longer active, has left; without, whoever has
    not been seen for a while.

    Raises:
        Misconfigured: not a clone, or a path that names no file at HEAD.
    """
    await clone.check()
    head = await clone.commit_of("HEAD")
    files = await _files(clone, head, paths)
    project = await project_of(clone)
    await import_history(clone, storage, project, head, progress)
    # A moment later, so that the last commit counts too.
    now = await landed_at(clone, head) + timedelta(seconds=1)
    kept = await storage.run(lambda rooms: _Kept.of(rooms.history, project, files, now))
    crowd = Crowd(people, kept.authors)
    within, near = crowd.told(kept.within), crowd.told(kept.near)
    seen = crowd.seen(kept.seen)
    here = frozenset(it.id for it in people if it.active) if people else still_here(seen, now)
    knowledge = know(within, files, measure_expertise(near, files, now), here, now)
    risky = areas(within, files, here, now)
    return Found(head, files, knowledge, risky, seen, crowd.names)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What storage has of the history around some files."""

    within: Sequence[PastChange]
    near: Sequence[PastChange]
    authors: Sequence[Author]
    seen: Mapping[str, datetime]

    @classmethod
    def of(cls, history: History, project: str, files: Sequence[str], now: datetime) -> _Kept:
        return cls(
            history.of_files(project, files),
            history.near(project, files, now - WINDOW),
            history.authors(project),
            history.last_seen(project),
        )


class Crowd:
    """Everybody in a clone's history, those of the people file as it names them."""

    def __init__(self, people: Sequence[Person], authors: Sequence[Author]) -> None:
        self._people = People(tuple(people))
        rest = [it for it in authors if self._people.of_email(it.email) is None]
        self._strangers: dict[str, str] = {}
        self.names = {person.id: person.name for person in people}
        # Asked on the first day of all, nobody has left yet.
        first = min(it.first for it in rest) if rest else LONG_AGO
        for person in people_of_clone(rest, first):
            id_ = person.emails[0] if person.id in self.names else person.id
            self.names[id_] = person.name
            self._strangers.update((mail_identity(email), id_) for email in person.emails)

    def of(self, identity: str) -> str:
        """The id of the person behind an identity."""
        person = self._people.of_identity(identity)
        id_ = person.id if person else self._strangers.get(identity, identity.removeprefix(MAIL))
        self.names.setdefault(id_, id_)
        return id_

    def told(self, changes: Iterable[PastChange]) -> Sequence[PastChange]:
        """The changes by people instead of identities."""
        return [
            replace(
                one,
                authors=tuple(map(self.of, one.authors)),
                reviewers=tuple(map(self.of, one.reviewers)),
            )
            for one in changes
        ]

    def seen(self, seen: Mapping[str, datetime]) -> Mapping[str, datetime]:
        """When each person was last seen under any address."""
        found: dict[str, datetime] = {}
        for identity, at in seen.items():
            id_ = self.of(identity)
            found[id_] = max(at, found.get(id_, at))
        return found


async def _files(clone: Clone, head: str, paths: Sequence[str]) -> tuple[str, ...]:
    """The files at HEAD that the paths mean, each once."""
    listed = await clone.text(
        "ls-tree", "-r", "-z", "--full-tree", "--name-only", "--end-of-options", head
    )
    files = [path for path in listed.split("\0") if path]
    inside = (await clone.text("rev-parse", "--show-prefix")).removesuffix("\n")
    found: dict[str, None] = {}
    for path in paths:
        hits = _meant(posixpath.normpath(inside + path), files)
        if not hits:
            raise Misconfigured(
                f"{path}: no such file or directory at HEAD, and no glob that matches one; "
                "write paths from the clone's folder, and globs in quotes"
            )
        found.update(dict.fromkeys(hits))
    return tuple(found)


def _meant(path: str, files: Sequence[str]) -> Sequence[str]:
    below = "" if path == "." else f"{path}/"
    hits = [file for file in files if file == path or file.startswith(below)]
    if hits or fault(path) is not None:
        return hits
    glob = Patterns([path])
    return [file for file in files if glob.matches(file)]
