"""Replays a clone's history: grades every change as it stood then, and sees what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.errors import Misconfigured, Refused
from bot.git.clone import Clone
from bot.git.faults import Faults, Kind
from bot.git.main_line import Landed, count_main_line, read_main_line
from bot.git.measures import Known, Memory
from routing.hindsight.calibration import Calibration, Graded, Ranking, calibrate, rank
from routing.hindsight.risk_features import assess_features
from routing.model import Account, Change, Commit, MergeRequest, Ref, Signature, State
from routing.provenance import assess_provenance
from routing.risk import Risk, assess_risk

LOCAL = "local"
Progress = Callable[[int, int], None]
"""Told how many changes were read, of how many."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is replayed: the latest `last` changes of `tip`'s main line.

    A change counts as gone wrong when that shows within `horizon`.
    """

    tip: str = "HEAD"
    last: int = 20_000
    horizon: timedelta = timedelta(days=365)


class Score(StrEnum):
    """What changes are ranked by."""

    CARD = "card"
    FEATURES = "features"
    LINES_ADDED = "lines_added"


class Untold(StrEnum):
    """Why a change's grade is not held against its fate."""

    FIRST = "first"
    """It begins the history: nothing was known before it."""
    CUT = "cut"
    """The history was cut off less than a horizon before: too little was known before it."""
    EMPTY = "empty"
    """It changes no line."""
    YOUNG = "young"
    """It has stood for less than half the horizon: its faults had no time to show."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What a history says about the grades.

    `read` changes were read, from `since` to `until`; `cut` says that there are older ones.
    `faults` counts how the graded ones are known to have gone wrong. Of the `reverts` and
    `repairs` that the history holds, `unmatched_reverts` name nothing on the main line.

    `card` is what routes merge requests, `features` the model of the classic measures;
    `rankings` holds both and, for comparison, lines added alone. `of_reverts` ranks by the same
    scores, but counts only what was reverted as faulty: repairs rewrite large changes more often
    for their size alone, reverts do not.
    """

    span: Span
    read: int
    since: datetime
    until: datetime
    cut: bool
    untold: Mapping[Untold, int]
    faults: Mapping[Kind, int]
    reverts: int
    unmatched_reverts: int
    repairs: int
    card: Calibration
    features: Calibration
    rankings: Mapping[Score, Ranking | None]
    of_reverts: Mapping[Score, Ranking | None]


@dataclass(frozen=True, slots=True)
class _Grades:
    """How one change was graded, with its number on the main line."""

    number: int
    card: Risk
    features: Risk
    added: int


async def replay(clone: Clone, span: Span, progress: Progress) -> Replay:
    """Go through a history, each change graded by what was known before it.

    The card sees no policy: no domain counts as critical.

    Raises:
        Misconfigured: this is no clone, or there is no such commit.
    """
    await clone.check()
    reader = _Reader(span, await _outline(clone, span))
    total = min(reader.outline.length, span.last)
    async for change in read_main_line(clone, reader.outline.tip, span.last):
        reader.land(change)
        progress(reader.read, total)
    return reader.replayed()


@dataclass(frozen=True, slots=True)
class _Outline:
    """What is known of a main line before it is read; `cut` says that older history is missing."""

    tip: str
    until: datetime
    length: int
    cut: bool


async def _outline(clone: Clone, span: Span) -> _Outline:
    try:
        tip = await clone.commit_of(span.tip)
    except Refused as exc:
        raise Misconfigured(str(exc)) from exc
    until = await clone.text("log", "-1", "--no-show-signature", "--format=%ct", tip)
    length = await count_main_line(clone, tip)
    shallow = await clone.text("rev-parse", "--is-shallow-repository")
    return _Outline(
        tip,
        datetime.fromtimestamp(int(until), UTC),
        length,
        shallow.strip() == "true" or length > span.last,
    )


class _Reader:
    """Takes a main line in, change by change."""

    def __init__(self, span: Span, outline: _Outline) -> None:
        self.outline = outline
        self.read = 0
        self._span = span
        self._since = outline.until
        self._memory, self._faults = Memory(), Faults(span.horizon)
        self._graded: list[_Grades] = []
        self._untold = Counter[Untold]()

    def land(self, change: Landed) -> None:
        """Grade a change, then learn from it."""
        if not self.read:
            self._since = change.at
        reason = self._reason(change)
        if reason is None:
            self._graded.append(_grade(self.read, change, self._memory.known(change)))
        else:
            self._untold[reason] += 1
        self._memory.land(change)
        self._faults.land(change)
        self.read += 1

    def _reason(self, change: Landed) -> Untold | None:
        if not change.parents:
            return Untold.FIRST
        if self.outline.cut and change.at < self._since + self._span.horizon:
            return Untold.CUT
        if not change.added and not change.deleted:
            return Untold.EMPTY
        if change.at > self.outline.until - self._span.horizon / 2:
            return Untold.YOUNG
        return None

    def replayed(self) -> Replay:
        """What came of it all."""
        found = self._faults.found
        kinds = [found[one.number].kind if one.number in found else None for one in self._graded]
        faulty = [kind is not None for kind in kinds]
        reverted = [kind is Kind.REVERTED for kind in kinds]
        scores: dict[Score, list[float]] = {
            Score.CARD: [one.card.score for one in self._graded],
            Score.FEATURES: [one.features.score for one in self._graded],
            Score.LINES_ADDED: [one.added for one in self._graded],
        }
        return Replay(
            span=self._span,
            read=self.read,
            since=self._since,
            until=self.outline.until,
            cut=self.outline.cut,
            untold=self._untold,
            faults=Counter(kind for kind in kinds if kind is not None),
            reverts=self._faults.reverts,
            unmatched_reverts=self._faults.unmatched_reverts,
            repairs=self._faults.repairs,
            card=_calibrate([one.card for one in self._graded], faulty),
            features=_calibrate([one.features for one in self._graded], faulty),
            rankings={name: rank(score, faulty) for name, score in scores.items()},
            of_reverts={name: rank(score, reverted) for name, score in scores.items()},
        )


def _calibrate(grades: Sequence[Risk], faulty: Sequence[bool]) -> Calibration:
    return calibrate(
        [Graded(one.score, one.level, bad) for one, bad in zip(grades, faulty, strict=True)]
    )


def _grade(number: int, landed: Landed, known: Known) -> _Grades:
    change = _change(landed)
    return _Grades(
        number,
        assess_risk(change, assess_provenance(change), known.context),
        assess_features(known.measures),
        landed.added,
    )


def _change(landed: Landed) -> Change:
    """A change of the main line as the merge request it may have been."""
    signature = Signature(landed.author, landed.email, landed.at)
    return Change(
        MergeRequest(
            ref=Ref(LOCAL, "", 0),
            project_id="",
            title=landed.title,
            body="",
            author=Account(LOCAL, "", ""),
            state=State.MERGED,
            draft=False,
            head_sha=landed.sha,
            head_branch="",
            base_branch="",
            base_sha="",
            url="",
            opened_at=landed.at,
        ),
        landed.files,
        (Commit(landed.sha, signature, signature, landed.message),),
    )
