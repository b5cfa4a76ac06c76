"""The forge's past is read page by page, goes on where it broke off, and is read only once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.clock import StoryClock
from bot.errors import Refused, Retryable
from bot.forge_history import DONE, MERGED, PACE, ForgeHistory
from bot.forges.archive import MergedPage, name_of
from bot.forges.github.adapter import GitHub, open_github
from bot.forges.gitlab.adapter import open_gitlab
from routing.model import Account, PastChange
from routing.people import People, account_identity
from storage.database import Storage
from tests.builders import NOW, a_person
from tests.standins.github.site import GitHubStandIn
from tests.standins.gitlab.site import GitLabStandIn

SHOP = "acme/shop"
SCOPE = f"github/{SHOP}"


def a_merge(number: int, days: float, reviewer: str = "dana") -> PastChange:
    at = NOW - timedelta(days=days)
    return PastChange(name_of(number), at, ("ana",), (reviewer,), (("pay/refund.py", 9, 1),))


@dataclass
class PagedForge:
    """A forge whose past comes two at a time."""

    past: list[PastChange] = field(default_factory=list)
    commits: tuple[str, ...] = ()
    trouble: list[Exception] = field(default_factory=list)
    rest: bool = False
    asked: list[str | None] = field(default_factory=list)
    name: str = "github"

    async def projects(self) -> Sequence[str]:
        return [SHOP]

    async def merged(self, project: str, cursor: str | None) -> MergedPage:
        assert project == SHOP
        if self.trouble:
            raise self.trouble.pop()
        self.asked.append(cursor)
        begin = int(cursor or 0)
        end = begin + 2
        more = str(end) if end < len(self.past) else None
        rest = NOW + timedelta(hours=1) if self.rest else None
        return MergedPage(tuple(self.past[begin:end]), self.commits, more, rest)


@pytest.fixture
def five() -> PagedForge:
    return PagedForge([a_merge(number, days=10 * (6 - number)) for number in (5, 4, 3, 2, 1)])


class Hurried(StoryClock):
    """A clock that jumps to whatever is waited for."""

    async def until(self, moment: datetime) -> None:
        await asyncio.sleep(0)
        self.move_to(moment)


def names(storage: Storage) -> set[str]:
    found = storage.run_blocking(lambda it: it.history.onwards(SCOPE, (0, 0), 99))
    return {change.id for _, change in found}


def mark(storage: Storage) -> str | None:
    return storage.run_blocking(lambda it: it.history.mark(SCOPE, MERGED))


async def test_everything_that_was_merged_is_learnt_page_by_page(
    storage: Storage, five: PagedForge
) -> None:
    told: list[int] = []
    reading = ForgeHistory([five], storage, Hurried(NOW), lambda _, count, __: told.append(count))
    assert await reading.read() == 5
    assert names(storage) == {name_of(number) for number in range(1, 6)}
    assert (told, mark(storage)) == ([2, 4, 5], DONE)


async def test_it_goes_on_where_it_broke_off(storage: Storage, five: PagedForge) -> None:
    begun = asyncio.Event()
    reading = ForgeHistory([five], storage, StoryClock(NOW), lambda *_: begun.set())
    reading.start()
    await begun.wait()
    await reading.stop()
    assert await ForgeHistory([five], storage, Hurried(NOW)).read() == 3
    assert five.asked == [None, "2", "4"]


async def test_once_it_is_through_only_what_is_new_is_read(
    storage: Storage, five: PagedForge
) -> None:
    await ForgeHistory([five], storage, Hurried(NOW)).read()
    five.past = [a_merge(7, days=1), a_merge(6, days=2), *five.past]
    five.asked.clear()
    assert await ForgeHistory([five], storage, Hurried(NOW)).read() == 2
    assert five.asked == [None, "2"]


async def test_what_is_older_than_two_years_is_not_asked_for(storage: Storage) -> None:
    old = PagedForge([a_merge(9, days=1), *(a_merge(n, days=800) for n in range(8, 0, -1))])
    await ForgeHistory([old], storage, Hurried(NOW)).read()
    assert old.asked == [None]


async def test_where_the_quota_runs_low_it_rests(storage: Storage, five: PagedForge) -> None:
    clock, five.rest = Hurried(NOW), True
    await ForgeHistory([five], storage, clock).read()
    assert clock.now() >= NOW + timedelta(hours=1)


async def test_without_haste_a_moment_lies_between_two_pages(
    storage: Storage, five: PagedForge
) -> None:
    clock = Hurried(NOW)
    await ForgeHistory([five], storage, clock).read()
    assert clock.now() == NOW + 2 * PACE


async def test_an_outage_is_waited_out(storage: Storage, five: PagedForge) -> None:
    five.trouble = [Retryable("busy"), Retryable("down", after=60)]
    clock = Hurried(NOW)
    assert await ForgeHistory([five], storage, clock).read() == 5
    assert clock.now() > NOW + timedelta(seconds=60)


async def test_what_is_refused_keeps_nobody_from_the_rest(
    storage: Storage, five: PagedForge
) -> None:
    barred = PagedForge(trouble=[Refused("no access")], name="gitlab")
    assert await ForgeHistory([barred, five], storage, Hurried(NOW)).read() == 5


async def test_commits_known_by_themselves_give_way_to_their_merge_request(
    storage: Storage, five: PagedForge
) -> None:
    commit = PastChange("abc", NOW, ("mail:ana@example.com",), (), (("pay/refund.py", 1, 0),))
    storage.run_blocking(lambda it: it.history.add(SCOPE, [commit]))
    five.commits = ("abc",)
    await ForgeHistory([five], storage, Hurried(NOW)).read()
    assert "abc" not in names(storage)


# GitHub's own.


@pytest.fixture
async def github() -> AsyncIterator[GitHubStandIn]:
    async with GitHubStandIn() as standin:
        for login in ("ana", "dana"):
            standin.add_person(login)
        standin.add_person("renovate[bot]", bot=True)
        yield standin


@pytest.fixture
async def forge(github: GitHubStandIn) -> AsyncIterator[GitHub]:
    adapter = open_github([SHOP], token=github.token, api_url=github.url)
    yield adapter
    await adapter.close()


def account_of(github: GitHubStandIn, login: str) -> str:
    return account_identity(Account("github", str(github.people[login].id), login))


async def test_github_tells_files_author_and_reviewers(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"pay/refund.py": "1\n2\n"})
    head = github.pulls[number].head_sha
    github.review(number, "dana", "APPROVE")
    github.review(number, "dana", "COMMENT", "Nice")
    merge = github.merge(number, "dana")
    github.open_pull("ana", "still-open", files={"web/a.js": "1\n"})
    page = await forge.merged(SHOP, None)
    (change,) = page.changes
    assert change.id == name_of(number)
    assert change.authors == (account_of(github, "ana"),)
    assert change.reviewers == (account_of(github, "dana"),)
    assert change.files == (("pay/refund.py", 2, 0),)
    assert set(page.commits) == {head, merge}
    assert page.cursor is None


async def test_github_gives_its_past_in_pages_the_latest_first(
    github: GitHubStandIn, forge: GitHub
) -> None:
    for number in range(30):
        github.merge(github.open_pull("ana", f"f{number}", files={f"{number}.py": "1\n"}), "dana")
    first = await forge.merged(SHOP, None)
    second = await forge.merged(SHOP, first.cursor)
    assert [len(first.changes), len(second.changes)] == [25, 5]
    assert first.changes[0].id == name_of(30)
    assert second.cursor is None


async def test_a_programs_pull_request_is_nobodys_work(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("renovate[bot]", "deps", files={"a.lock": "1\n"})
    github.review(number, "dana", "APPROVE")
    github.merge(number, "dana")
    (change,) = (await forge.merged(SHOP, None)).changes
    assert (change.authors, len(change.reviewers)) == ((), 1)


async def test_a_sweep_teaches_nobody_anything(github: GitHubStandIn, forge: GitHub) -> None:
    number = github.open_pull("ana", "fmt", files={"a.py": "1\n"}, title="Run black")
    github.merge(number, "dana")
    assert (await forge.merged(SHOP, None)).changes[0].files == ()


async def test_a_used_up_quota_is_waited_for(github: GitHubStandIn, forge: GitHub) -> None:
    github.faults.graphql_limited = True
    with pytest.raises(Retryable, match="GraphQL quota"):
        await forge.merged(SHOP, None)


# GitLab's own.


async def test_gitlab_tells_files_author_and_reviewers() -> None:
    async with GitLabStandIn() as gitlab:
        for login in ("ana", "dana", "omar"):
            gitlab.add_person(login)
        iid = gitlab.open_merge_request("ana", "feat", files={"pay/refund.py": "1\n2\n"})
        head = gitlab.head(iid)
        gitlab.approve(iid, "dana")
        gitlab.say(iid, "omar", "Nice")
        gitlab.say(iid, "ana", "Thanks")
        gitlab.merge(iid, "dana")
        gitlab.open_merge_request("ana", "still-open", files={"web/a.js": "1\n"})
        adapter = open_gitlab([gitlab.path], token=gitlab.token, url=gitlab.url)
        page = await adapter.merged(gitlab.path, None)
        await adapter.close()
        (change,) = page.changes
        ids = [gitlab.people[login].id for login in ("dana", "omar")]
        assert change.id == name_of(iid)
        assert change.files == (("pay/refund.py", 2, 0),)
        assert change.reviewers == tuple(
            account_identity(Account("gitlab", str(id_), login))
            for id_, login in zip(ids, ("dana", "omar"), strict=True)
        )
        assert head in page.commits
        assert page.cursor is None


async def test_gitlab_gives_its_past_in_pages() -> None:
    async with GitLabStandIn() as gitlab:
        for login in ("ana", "dana"):
            gitlab.add_person(login)
        for number in range(12):
            files = {f"{number}.py": "1\n"}
            gitlab.merge(gitlab.open_merge_request("ana", f"f{number}", files=files), "dana")
        adapter = open_gitlab([gitlab.path], token=gitlab.token, url=gitlab.url)
        first = await adapter.merged(gitlab.path, None)
        second = await adapter.merged(gitlab.path, first.cursor)
        await adapter.close()
        assert [len(first.changes), len(second.changes)] == [10, 2]
        assert second.cursor is None


def test_an_account_is_the_person_who_has_it_and_no_later_owner_of_the_login() -> None:
    people = People((a_person("dana"),), {("github", "dana"): "7"})
    assert people.of_identity("account:github:7:dana") == a_person("dana")
    assert people.of_identity("account:github:8:dana") is None
    assert people.of_identity("account:gitlab:7:dana") is None
