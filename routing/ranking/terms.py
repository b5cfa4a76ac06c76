"""The terms of the ranking: what each measures in the evidence, and the sentence it is told in.

A term gives everybody a value; the ranking adds the values, each times its weight. Values are
logarithms of shares, so that the step from 1 % to 2 % counts as much as that from 10 % to 20 %.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from routing.ranking.evidence import DAY, Floats, Indices, Record, decay, share, size_of
from routing.ranking.marks import FileChange, MarkKind, marks_of

CANDIDATE_DAYS = 365
"""Who wrote or reviewed within so many days may be asked; older activity says nothing either."""

LATEST = 3_000
"""The latest changes that say how much everybody reviews."""

LITTLE = 0.01
"""A share that begins to count: below, its logarithm is nearly flat."""

USUAL = 0.03
"""Added to both shares of a comparison, so that two small ones do not make a large ratio."""

FLOOR = 0.05
"""What an author's earlier change says of who reviews the next when nothing else is alike."""


@dataclass(frozen=True, slots=True)
class OpenChange:
    """A change that looks for reviewers; identities as in `PastChange`."""

    id: str
    author: str
    co_authors: tuple[str, ...] = ()
    files: tuple[FileChange, ...] = ()
    subject: str = ""

    @property
    def authors(self) -> frozenset[str]:
        """Everybody who wrote it and so cannot review it."""
        return frozenset((self.author, *self.co_authors))


class Term(StrEnum):
    """What the ranking adds up."""

    SIMILAR = "similar"
    OWN_GROUND = "own_ground"
    REVIEWED_DIRECTORIES = "reviewed_directories"
    WROTE_SIMILAR = "wrote_similar"
    WROTE_FILES = "wrote_files"
    HAS_REVIEWED = "has_reviewed"
    PAIR = "pair"
    MOMENTUM = "momentum"
    LAST_SEEN = "last_seen"


@dataclass(frozen=True, slots=True)
class Measured:
    """One term for everybody: `raw` is what people are told, `value` what is added up."""

    raw: Floats
    value: Floats


def measure_terms(record: Record, change: OpenChange, now: float) -> Mapping[Term, Measured]:
    """Every term for everybody in the record; `now` in seconds since 1970."""
    people = len(record.names)
    reviewed, wrote = record.reviewers.masses, record.authors.masses

    hits = record.index.find(marks_of(change.files, change.subject))
    similar, similarity = hits.similar()
    fresh = similarity * decay(record.ages(similar, now), 60)
    (reviewed_similar,) = reviewed(people, similar, fresh)
    (wrote_similar,) = wrote(people, similar, similarity * fresh)

    same_files, fit = hits.of_kind(MarkKind.FILE)
    (wrote_files,) = wrote(people, same_files, fit * decay(record.ages(same_files, now), 180))
    directories, fit = hits.of_kind(MarkKind.DIRECTORY)
    fresh_here = fit * decay(record.ages(directories, now), 180)
    (reviewed_directories,) = reviewed(people, directories, fresh_here)

    own = record.written_by(change.author)
    alike = FLOOR + _look_up(own, similar, similarity)
    (reviewed_own,) = reviewed(people, own, alike * decay(record.ages(own, now), 90))

    latest = record.latest(now - CANDIDATE_DAYS * DAY, LATEST)
    age = record.ages(latest, now)
    same_size = np.exp(-np.abs(record.sizes(latest) - size_of(change.files)))
    usual, this_size = reviewed(people, latest, decay(age, 180), same_size * decay(age, 30))

    days = (now - record.last_seen) / DAY
    has_reviewed = (record.reviews > 0).astype(np.float64)
    return {
        Term.SIMILAR: _as_share(reviewed_similar),
        Term.OWN_GROUND: _as_ratio(reviewed_similar, usual),
        Term.REVIEWED_DIRECTORIES: _as_share(reviewed_directories),
        Term.WROTE_SIMILAR: _as_share(wrote_similar),
        Term.WROTE_FILES: _as_share(wrote_files),
        Term.HAS_REVIEWED: Measured(has_reviewed, has_reviewed),
        Term.PAIR: _as_share(reviewed_own, doubt=1.0),
        Term.MOMENTUM: _as_ratio(this_size, usual),
        Term.LAST_SEEN: Measured(days, -np.log1p(days)),
    }


def _as_share(mass: Floats, doubt: float = 0.0) -> Measured:
    raw = share(mass, doubt)
    return Measured(raw, np.log1p(raw / LITTLE))


def _as_ratio(here: Floats, usual: Floats) -> Measured:
    raw = (share(here) + USUAL) / (share(usual) + USUAL)
    return Measured(raw, np.log(raw))


def _look_up(wanted: Indices, known: Indices, values: Floats) -> Floats:
    """The value of each wanted change, 0 where it is not known; both are in order of time."""
    if not len(known):
        return np.zeros(len(wanted))
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[place] == wanted, values[place], 0.0)


def _share_of(what: str) -> Callable[[float], str]:
    return lambda raw: f"{raw:.0%} of {what}" if raw >= LITTLE / 2 else f"hardly any of {what}"


def _against_usual(what: str) -> Callable[[float], str]:
    return lambda raw: f"{what} {raw:.1f} times as much as other changes"


def _last_seen(days: float) -> str:
    match int(days):
        case 0:
            return "was active within a day"
        case 1:
            return "was last active a day ago"
        case whole:
            return f"was last active {whole} days ago"


SENTENCES: Mapping[Term, Callable[[float], str]] = {
    Term.SIMILAR: _share_of("the recent reviews of similar changes"),
    Term.OWN_GROUND: _against_usual("reviews changes like this"),
    Term.REVIEWED_DIRECTORIES: _share_of("the reviews in these directories"),
    Term.WROTE_SIMILAR: _share_of("the recent work on similar changes"),
    Term.WROTE_FILES: _share_of("the work on these files"),
    Term.HAS_REVIEWED: lambda raw: "has reviewed before" if raw else "has never reviewed",
    Term.PAIR: _share_of("the reviews of this author's changes, most alike first"),
    Term.MOMENTUM: _against_usual("lately reviews changes of this size"),
    Term.LAST_SEEN: _last_seen,
}
"""A term's raw value as a person reads it."""
