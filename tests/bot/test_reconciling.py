"""What is looked at though nobody told: as little as can be, and nothing that has changed less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.base_files import A_FILE, ABSENT, REPOSITORY_POLICY, BaseFiles, asked_at_base
from bot.clock import StoryClock
from bot.errors import Refused, Retryable
from bot.forges.base import Sighting
from routing.effects import SetGate
from routing.events import Event, MergeRequestTouched, ReconcileDue
from routing.model import Ref, State
from routing.owners.codeowners import Dialect
from routing.reconciling import ANYWAY
from storage.database import Rooms, Storage
from tests.bot.builders import a_review
from tests.bot.deciding import always, effects
from tests.bot.fakes import Decider, MemoryForge, SetClock, files_in
from tests.builders import NOW, REF, a_change, approves, touched

OTHER = Ref("github", "acme/shop", 8)
PROJECT, BASE_SHA = "acme/shop", "b" * 40


@dataclass
class ListingForge(MemoryForge):
    """A forge whose list tells what has changed; `traces` is what it shows of each."""

    traces: dict[Ref, str | None] = field(default_factory=dict)
    base_sha: str | None = BASE_SHA

    async def listed(self, project: str) -> Sequence[Sighting]:
        self.trouble()
        return [
            Sighting(ref, "main", self.base_sha, trace)
            for ref, trace in self.traces.items()
            if ref.project == project
        ]


class Reconciling(Decider):
    """An engine on a forge with a list, and what a reconcile has looked at."""

    def __init__(self, storage: Storage, folder: Path, clock: StoryClock) -> None:
        self.listing = ListingForge(traces={REF: "as it is", OTHER: "as it is"})
        super().__init__(storage, files_in(folder), clock, self.listing)
        for ref in (REF, OTHER):
            self.listing.shows(a_change(ref=ref))
        self.story = clock

    async def reconciles(self, *, whole: bool = False) -> list[Ref]:
        """Which merge requests are looked at, once it is time; they are."""
        await self.decides(ReconcileDue("github", whole=whole))
        looked: list[Ref] = []
        while (arrival := await self.next()) is not None:
            await self.engine.work(arrival)
            if isinstance(arrival.event, MergeRequestTouched):
                looked.append(arrival.event.ref)
        return looked

    def later(self, **span: float) -> None:
        self.story.move_to(self.story.now() + timedelta(**span))


@pytest.fixture
async def bot(storage: Storage, clock: StoryClock, tmp_path: Path) -> Reconciling:
    """Both merge requests have been looked at."""
    bot = Reconciling(storage, tmp_path, clock)
    assert await bot.reconciles() == [REF, OTHER]
    await effects(bot)
    bot.later(minutes=5)
    return bot


async def test_what_shows_what_it_showed_before_is_not_looked_at(bot: Reconciling) -> None:
    assert await bot.reconciles() == []


async def test_what_shows_something_else_is_looked_at_once(bot: Reconciling) -> None:
    bot.listing.traces[OTHER] = "pushed to"
    assert await bot.reconciles() == [OTHER]
    assert await bot.reconciles() == []


async def test_what_changed_a_moment_ago_is_looked_at_until_that_is_settled(
    bot: Reconciling,
) -> None:
    bot.listing.traces[OTHER] = None
    assert await bot.reconciles() == [OTHER]
    assert await bot.reconciles() == [OTHER]


async def test_what_is_gone_from_the_list_is_looked_at(bot: Reconciling) -> None:
    bot.listing.shows(a_change(ref=OTHER, state=State.CLOSED))
    del bot.listing.traces[OTHER]
    assert await bot.reconciles() == [OTHER]
    assert await bot.reconciles() == []


async def test_what_comes_back_is_looked_at_though_it_shows_what_it_showed(
    bot: Reconciling,
) -> None:
    trace = bot.listing.traces.pop(OTHER)
    bot.listing.shows(a_change(ref=OTHER, state=State.CLOSED))
    await bot.reconciles()
    bot.listing.shows(a_change(ref=OTHER))
    bot.listing.traces[OTHER] = trace
    assert await bot.reconciles() == [OTHER]


async def test_after_an_hour_everything_is_looked_at(bot: Reconciling) -> None:
    bot.later(seconds=ANYWAY.total_seconds())
    assert await bot.reconciles() == [REF, OTHER]
    assert await bot.reconciles() == []


async def test_a_new_policy_has_everything_looked_at(bot: Reconciling) -> None:
    assert await bot.reconciles(whole=True) == [REF, OTHER]


async def test_other_rules_on_the_base_branch_have_everything_looked_at(bot: Reconciling) -> None:
    bot.listing.files[REPOSITORY_POLICY] = "version: 1\n"
    bot.listing.base_sha = "c" * 40
    assert await bot.reconciles() == [REF, OTHER]


async def test_another_commit_on_the_base_branch_alone_has_nothing_looked_at(
    bot: Reconciling,
) -> None:
    bot.listing.base_sha = "c" * 40
    assert await bot.reconciles() == []


async def test_rules_on_the_base_branch_that_cannot_be_read_have_everything_looked_at(
    bot: Reconciling, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreadable(*_: str) -> str | None:
        raise Refused("no text")

    monkeypatch.setattr(bot.listing, "read_file", unreadable)
    bot.listing.base_sha = "c" * 40
    assert await bot.reconciles() == [REF, OTHER]


async def test_a_lost_base_branch_has_it_looked_at(bot: Reconciling) -> None:
    bot.listing.base_sha = None
    assert await bot.reconciles() == [REF, OTHER]


async def test_what_somebody_signed_who_has_left_slack_is_looked_at(bot: Reconciling) -> None:
    await bot.decides(approves("dana"))
    bot.directory.barred = frozenset({"U0DANA"})
    assert await bot.reconciles() == [REF]
    assert await bot.reconciles() == []  # the approval is void by now


async def test_a_gate_that_could_not_be_written_has_it_looked_at(bot: Reconciling) -> None:
    def forget(rooms: Rooms) -> None:
        review = rooms.reviews.get(OTHER)
        assert review is not None
        rooms.reviews.save(replace(review, gate=None), NOW)

    await bot.storage.run(forget)
    assert await bot.reconciles() == [OTHER]
    assert any(isinstance(one, SetGate) for one in await effects(bot))


async def test_a_look_that_failed_is_made_up_for(bot: Reconciling) -> None:
    bot.listing.traces[OTHER] = "pushed to"
    await bot.decides(ReconcileDue("github"))
    arrival = await bot.next()
    assert arrival is not None
    bot.listing.trouble = always(Refused("no"))
    await bot.engine.work(arrival)
    bot.listing.trouble = lambda: None
    assert await bot.reconciles() == [OTHER]


async def test_a_project_that_may_not_be_listed_is_said_and_left_alone(bot: Reconciling) -> None:
    bot.listing.trouble = always(Refused("no access"))
    assert await bot.reconciles() == []
    assert bot.gatherer.unseen == {"github": "no access"}
    bot.listing.trouble = lambda: None
    await bot.reconciles()
    assert bot.gatherer.unseen == {}


async def test_while_the_forge_is_down_it_waits_and_is_done_once(bot: Reconciling) -> None:
    bot.listing.trouble = always(Retryable("down"))
    for _ in range(3):
        await bot.put(ReconcileDue("github", whole=True))
    arrival = await bot.next()
    assert arrival is not None
    await bot.engine.work(arrival)
    assert bot.gatherer.unseen == {"github": "down"}
    bot.listing.trouble = lambda: None
    bot.later(minutes=5)
    arrival = await bot.next()
    assert arrival is not None
    await bot.engine.work(arrival)
    assert await waiting_events(bot) == [MergeRequestTouched(REF), MergeRequestTouched(OTHER)]


async def waiting_events(bot: Reconciling) -> list[Event]:
    """What waits in the inbox, without the traces."""

    def work(rooms: Rooms) -> list[Event]:
        return [*rooms.inbox.waiting_for(REF), *rooms.inbox.waiting_for(OTHER)]

    found = await bot.storage.run(work)
    return [
        replace(one, trace=None) if isinstance(one, MergeRequestTouched) else one for one in found
    ]


async def test_where_there_is_no_such_list_everything_open_or_believed_open_is_looked_at(
    storage: Storage, clock: StoryClock, tmp_path: Path
) -> None:
    decider = Decider(storage, files_in(tmp_path), clock)
    believed, gone = Ref("github", "acme/shop", 3), Ref("github", "acme/shop", 4)
    elsewhere = Ref("gitlab", "acme/shop", 5)

    def keep(rooms: Rooms) -> None:
        rooms.reviews.save(a_review(ref=believed), NOW)
        rooms.reviews.save(a_review(ref=gone, state=State.MERGED), NOW)
        rooms.reviews.save(a_review(ref=elsewhere), NOW)

    await storage.run(keep)
    await decider.decides(touched())
    await decider.decides(ReconcileDue("github"))

    def waiting(rooms: Rooms) -> list[Event]:
        return [
            event
            for ref in (believed, gone, REF, elsewhere)
            for event in rooms.inbox.waiting_for(ref)
        ]

    assert await storage.run(waiting) == [MergeRequestTouched(believed), MergeRequestTouched(REF)]


# Files at base commits.


async def test_a_file_at_a_base_commit_is_read_once(clock: StoryClock) -> None:
    forge = MemoryForge(files={"CODEOWNERS": "* @dana"})
    files = BaseFiles(clock)
    for _ in range(2):
        assert await files.at(forge, PROJECT, "main", BASE_SHA)("CODEOWNERS") == "* @dana"
    assert forge.read_at == [("main", BASE_SHA)]


async def test_that_a_file_is_missing_is_not_believed_for_long(clock: StoryClock) -> None:
    forge = MemoryForge()
    read = BaseFiles(clock).at(forge, PROJECT, "main", BASE_SHA)
    assert await read("CODEOWNERS") is None
    forge.files["CODEOWNERS"] = "* @dana"
    assert await read("CODEOWNERS") is None
    clock.move_to(clock.now() + ABSENT)
    assert await read("CODEOWNERS") == "* @dana"


async def test_that_a_file_is_missing_is_not_believed_for_longer_when_the_clock_is_set_back() -> (
    None
):
    clock, forge = SetClock(NOW), MemoryForge()
    read = BaseFiles(clock).at(forge, PROJECT, "main", BASE_SHA)
    assert await read("CODEOWNERS") is None
    forge.files["CODEOWNERS"] = "* @dana"
    clock.set_to(NOW - timedelta(hours=1))
    assert await read("CODEOWNERS") is None
    clock.set_to(NOW - timedelta(hours=1) + ABSENT)
    assert await read("CODEOWNERS") == "* @dana"


async def test_only_so_much_of_files_is_kept(clock: StoryClock) -> None:
    forge = MemoryForge(files={"a": "1", "b": "2", "c": "3"})
    read = BaseFiles(clock, room=5 * A_FILE // 2).at(forge, PROJECT, "main", BASE_SHA)
    for path in ("a", "b", "a", "c", "a", "b"):
        await read(path)
    assert len(forge.read_at) == 4


async def test_what_is_asked_at_a_base_tells_every_file_apart(clock: StoryClock) -> None:
    def reading(**files: str) -> MemoryForge:
        return MemoryForge(files={name.replace("_", "."): text for name, text in files.items()})

    digests = {
        await asked_at_base(BaseFiles(clock).at(forge, PROJECT, "main", BASE_SHA), Dialect.GITHUB)
        for forge in (reading(), reading(CODEOWNERS="a"), reading(_countersign_yml="a"))
    }
    assert len(digests) == 3
