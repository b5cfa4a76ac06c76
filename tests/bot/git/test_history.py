"""A clone's history: read once, then only what is new; anew where it was rewritten."""

from __future__ import annotations

from datetime import timedelta

import pytest

import bot.git.history
from bot.clock import StoryClock
from bot.errors import Refused
from bot.git.clone import Clone
from bot.git.history import import_history, read_history
from routing.model import PastChange
from storage.database import Rooms, Storage
from tests.bot.git.repository import Name, Repository, Signed
from tests.builders import NOW

SHOP = "clone shop"


def nobody_watches(_count: int) -> None:
    """Progress that nobody looks at."""


async def read(clone: Clone, since: str | None = None, tip: str = "main") -> list[PastChange]:
    return [change async for change, _ in read_history(clone, since, tip)]


async def take_in(clone: Clone, storage: Storage, tip: str) -> int:
    return await import_history(clone, storage, SHOP, tip, nobody_watches)


async def known(storage: Storage) -> dict[str, set[str]]:
    """The changes that storage knows, by SHA, with their files."""
    since = NOW - timedelta(days=9999)

    def work(rooms: Rooms) -> dict[str, set[str]]:
        found = rooms.history.near(SHOP, ["x"], since)
        return {change.id: {path for path, _, _ in change.files} for change in found}

    return await storage.run(work)


async def test_a_commit_is_a_change_by_its_author_to_its_files(
    repository: Repository, clone: Clone
) -> None:
    sha = repository.commit({"a.py": "1\n", "b/c.py": "1\n"}, signed=Signed("Ana <Ana@X.org>"))
    (change,) = await read(clone)
    assert (change.id, change.at, change.authors) == (sha, NOW, ("mail:ana@x.org",))
    assert {path for path, _, _ in change.files} == {"a.py", "b/c.py"}


async def test_a_commit_is_a_repair_by_its_subject(repository: Repository, clone: Clone) -> None:
    repository.commit({"a.py": "1\n"}, message="Add prices\n\nNo fix.")
    repository.commit({"a.py": "2\n"}, message="fix(prices): round up")
    assert [change.fix for change in await read(clone)] == [True, False]


async def test_co_authors_and_reviewers_stand_in_the_trailers(
    repository: Repository, clone: Clone
) -> None:
    message = (
        "One\n\nReviewed-by: Nobody <not@the.end>\n\n"
        "Co-authored-by: Bo <bo@x.org>\nco-authored-BY: Cy <cy@x.org>\n"
        "Reviewed-by: Dana <dana@x.org>\nAcked-by: Eve <eve@x.org>\nApproved-by: <fay@x.org>\n"
        "Signed-off-by: Gus <gus@x.org>\nReviewed-by: no address\n"
    )
    repository.commit({"a.py": "1\n"}, message=message)
    (change,) = await read(clone)
    assert change.authors == ("mail:ana@example.com", "mail:bo@x.org", "mail:cy@x.org")
    assert change.reviewers == ("mail:dana@x.org", "mail:eve@x.org", "mail:fay@x.org")


async def test_nobody_reviews_their_own_work(repository: Repository, clone: Clone) -> None:
    message = "One\n\nCo-authored-by: Bo <bo@x.org>\nReviewed-by: Ana <ANA@example.com>\n"
    repository.commit({"a.py": "1\n"}, message=message + "Reviewed-by: Bo <bo@x.org>\n")
    (change,) = await read(clone)
    assert change.reviewers == ()


async def test_merges_are_left_out_and_what_they_bring_is_not(
    repository: Repository, clone: Clone
) -> None:
    base = repository.commit({"a.py": "1\n"})
    side = repository.commit({"b.py": "1\n"}, branch="side", parents=[base])
    repository.commit({"b.py": "1\n"}, parents=[base, side], message="Merge side")
    assert {change.id for change in await read(clone)} == {base, side}


async def test_the_mailmap_says_who_somebody_is(repository: Repository, clone: Clone) -> None:
    (repository.path / ".mailmap").write_text("Ana Ito <ana@x.org> <old@x.org>\n", "utf-8")
    repository.commit({"a.py": "1\n"}, signed=Signed("a. i. <old@x.org>"))
    (found,) = [pair async for pair in read_history(clone, None, "main")]
    change, author = found
    assert change.authors == ("mail:ana@x.org",)
    assert (author.name, author.email) == ("Ana Ito", "ana@x.org")


async def test_only_what_the_tip_has_and_the_start_has_not_is_read(
    repository: Repository, clone: Clone
) -> None:
    first = repository.commit({"a.py": "1\n"})
    second = repository.commit({"a.py": "2\n"})
    repository.commit({"a.py": "3\n"}, branch="other", parents=[first])
    assert [change.id for change in await read(clone, first)] == [second]


NAMES: list[Name] = ["a b.py", "Zürich/✓.py", "two\nlines.py", 'quo"te.py', "-n", "\x02.py"]


async def test_files_may_have_any_name(repository: Repository, clone: Clone) -> None:
    repository.commit(dict.fromkeys(NAMES, "1\n"))
    (change,) = await read(clone)
    assert {path for path, _, _ in change.files} == set(NAMES)


async def test_a_commit_without_files_or_words_is_a_change_all_the_same(
    repository: Repository, clone: Clone
) -> None:
    first = repository.commit({"a.py": "1\n"})
    empty = repository.commit({}, message="")
    changes = await read(clone)
    assert {change.id for change in changes} == {first, empty}


ODD: dict[str, tuple[Name, Signed]] = {
    "a file's name with our own separator": ("a\x01b.py", Signed()),
    "a date beyond the calendar": ("a.py", Signed(date="99999999999999 +0000")),
}


@pytest.mark.parametrize("how", ODD)
async def test_an_odd_commit_does_not_stop_the_reading(
    repository: Repository, clone: Clone, how: str
) -> None:
    path, signed = ODD[how]
    before = repository.commit({"x.py": "1\n"})
    odd = repository.commit({path: "1\n"}, signed=signed)
    after = repository.commit({"y.py": "1\n"})
    assert {change.id for change in await read(clone)} == {before, odd, after}


async def test_no_name_can_pass_for_an_address(repository: Repository, clone: Clone) -> None:
    repository.commit({"a.py": "1\n"}, signed=Signed("Eve\x1fdana@x.org <eve@x.org>"))
    (change,) = await read(clone)
    assert change.authors == ("mail:eve@x.org",)


# Taking it in.


async def test_the_first_time_everything_is_taken_in(
    repository: Repository, clone: Clone, storage: Storage
) -> None:
    first = repository.commit({"a.py": "1\n"})
    second = repository.commit({"b.py": "1\n"})
    assert await take_in(clone, storage, second) == 2
    assert await known(storage) == {first: {"a.py"}, second: {"b.py"}}


async def test_then_only_what_is_new(
    repository: Repository, clone: Clone, storage: Storage
) -> None:
    await take_in(clone, storage, repository.commit({"a.py": "1\n"}))
    tip = repository.commit({"a.py": "2\n"})
    assert await take_in(clone, storage, tip) == 1
    assert await take_in(clone, storage, tip) == 0
    assert len(await known(storage)) == 2


@pytest.mark.parametrize("parents", [[], ["fork"]], ids=["all of it", "its end"])
async def test_what_was_rewritten_is_forgotten(
    repository: Repository, clone: Clone, storage: Storage, parents: list[str]
) -> None:
    first = repository.commit({"a.py": "1\n"})
    repository.branch("fork")
    await take_in(clone, storage, repository.commit({"secret.py": "1\n"}))
    new = repository.commit({"b.py": "1\n"}, parents=parents, message="Anew")
    await take_in(clone, storage, new)
    kept = {first: {"a.py"}} if parents else {}
    assert await known(storage) == {new: {"b.py"}} | kept
    assert await storage.run(lambda rooms: rooms.history.count(SHOP)) == 1 + len(kept)


async def test_where_the_tip_went_back_what_came_after_it_is_forgotten(
    repository: Repository, clone: Clone, storage: Storage
) -> None:
    first = repository.commit({"a.py": "1\n"})
    await take_in(clone, storage, repository.commit({"secret.py": "1\n"}))
    await take_in(clone, storage, first)
    assert await known(storage) == {first: {"a.py"}}


async def test_a_tip_that_the_clone_has_lost_means_reading_anew(
    repository: Repository, clone: Clone, storage: Storage
) -> None:
    tip = repository.commit({"a.py": "1\n"})
    await storage.run(lambda rooms: rooms.history.set_mark(SHOP, ".", "f" * 40, NOW))
    assert await take_in(clone, storage, tip) == 1


async def test_other_projects_are_not_forgotten(
    repository: Repository, clone: Clone, storage: Storage
) -> None:
    other = PastChange("one", NOW, ("ana",), (), (("a.py", 1, 0),))
    await storage.run(lambda rooms: rooms.history.add("another", [other]))
    await take_in(clone, storage, repository.commit({"a.py": "1\n"}))
    await take_in(clone, storage, repository.commit({"a.py": "2\n"}, parents=[]))
    assert await storage.run(lambda rooms: rooms.history.count("another")) == 1


async def test_a_long_history_comes_in_batches_and_tells_how_far_it_is(
    repository: Repository, clone: Clone, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.git.history, "BATCH", 2)
    for number in range(5):
        tip = repository.commit({"a.py": f"{number}\n"})
    told: list[int] = []
    assert await import_history(clone, storage, SHOP, tip, told.append) == 5
    assert told == [2, 4, 5]
    assert len(await known(storage)) == 5


async def test_a_reading_that_broke_off_is_made_up_for(
    repository: Repository, clone: Clone, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.git.history, "BATCH", 1)
    for number in range(3):
        tip = repository.commit({"a.py": f"{number}\n"})

    def break_off(count: int) -> None:
        if count == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await import_history(clone, storage, SHOP, tip, break_off)
    assert await take_in(clone, storage, tip) == 3
    assert len(await known(storage)) == 3


async def test_what_is_not_there_is_refused_and_nothing_is_marked(
    repository: Repository, clone: Clone, storage: Storage
) -> None:
    repository.commit({"a.py": "1\n"})
    with pytest.raises(Refused):
        await take_in(clone, storage, "nowhere")
    assert await storage.run(lambda rooms: rooms.history.mark(SHOP, ".")) is None


async def test_authors_are_remembered_from_their_first_commit_to_their_last(
    repository: Repository, clone: Clone, storage: Storage, clock: StoryClock
) -> None:
    early, late = NOW - timedelta(days=900), clock.now()
    repository.commit({"a.py": "1\n"}, signed=Signed("A. Ito <Ana@x.org>", at=early))
    tip = repository.commit({"a.py": "2\n"}, signed=Signed("Ana Ito <ana@x.org>", at=late))
    await take_in(clone, storage, tip)
    (author,) = await storage.run(lambda rooms: rooms.history.authors(SHOP))
    assert (author.name, author.email) == ("Ana Ito", "ana@x.org")
    assert (author.first, author.last) == (early, late)
