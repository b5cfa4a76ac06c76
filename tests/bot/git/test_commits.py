"""The commits of a change, read from a clone as they are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.git.change import read_commits
from bot.git.clone import Clone
from tests.bot.git.repository import Name, Repository, Signed
from tests.builders import NOW


async def test_commits_come_oldest_first_with_author_committer_and_message(
    repository: Repository,
) -> None:
    base = repository.commit({"a.py": "0\n"})
    first = repository.commit(
        {"a.py": "1\n"}, signed=Signed("Ana Ito <ana@x.org>"), message="One\n\nWhy."
    )
    second = repository.commit(
        {"a.py": "2\n"}, signed=Signed(committer="Bo <bo@x.org>", at=NOW + timedelta(hours=1))
    )
    one, two = await read_commits(Clone(repository.path), base, second)
    assert (one.sha, two.sha) == (first, second)
    assert (one.author.name, one.author.email, one.author.at) == ("Ana Ito", "ana@x.org", NOW)
    assert one.message.rstrip("\n") == "One\n\nWhy."
    assert (two.author.name, two.committer.name) == ("Ana", "Bo")
    assert two.committer.at == NOW + timedelta(hours=1)


async def test_commits_of_the_base_are_not_among_them(repository: Repository) -> None:
    repository.commit({"a.py": "0\n"})
    repository.branch("feature")
    mine = repository.commit({"b.py": "1\n"}, branch="feature")
    repository.commit({"a.py": "1\n"})
    commits = await read_commits(Clone(repository.path), "main", "feature")
    assert [commit.sha for commit in commits] == [mine]


async def test_a_merge_is_a_commit_too(repository: Repository) -> None:
    base = repository.commit({"a.py": "0\n"})
    repository.branch("feature")
    one = repository.commit({"b.py": "1\n"}, branch="feature")
    other = repository.commit({"c.py": "1\n"}, branch="side")
    merge = repository.commit(
        {"c.py": "1\n"}, branch="feature", parents=[one, other], message="Merge side"
    )
    commits = await read_commits(Clone(repository.path), base, "feature")
    assert {commit.sha for commit in commits} == {one, other, merge}


async def test_between_the_same_there_is_no_commit(repository: Repository) -> None:
    base = repository.commit({"a.py": "0\n"})
    assert await read_commits(Clone(repository.path), base, base) == ()


async def test_the_mailmap_says_who_somebody_is(repository: Repository) -> None:
    (repository.path / ".mailmap").write_text("Ana Ito <ana@x.org> <old@x.org>\n", "utf-8")
    base = repository.commit({"a.py": "0\n"})
    repository.commit({"a.py": "1\n"}, signed=Signed("a. i. <old@x.org>"))
    (commit,) = await read_commits(Clone(repository.path), base, "main")
    assert (commit.author.name, commit.author.email) == ("Ana Ito", "ana@x.org")


MESSAGES: list[Name] = [
    "",
    "One",
    "One\n\n\nTwo\n\n",
    "Été ✓",
    "a\x01b\x02c\x1fd\x1ee",
    b"caf\xe9",
]


async def test_a_message_may_hold_anything(repository: Repository) -> None:
    base = repository.commit({"a.py": "0\n"})
    for message in MESSAGES:
        repository.commit({"a.py": "1\n"}, message=message)
    commits = await read_commits(Clone(repository.path), base, "main")
    texts = [one.decode("utf-8", "replace") if isinstance(one, bytes) else one for one in MESSAGES]
    assert [one.message.strip("\n") for one in commits] == [text.strip("\n") for text in texts]


ODD = {
    "a name with our own separator": Signed("An\x1fa <ana@x.org>"),
    "a date beyond the calendar": Signed(date="99999999999999 +0000"),
}


@pytest.mark.parametrize("how", ODD)
async def test_an_odd_commit_is_read_like_any_other(repository: Repository, how: str) -> None:
    base = repository.commit({"a.py": "0\n"})
    odd = repository.commit({"a.py": "1\n"}, signed=ODD[how])
    (commit,) = await read_commits(Clone(repository.path), base, "main")
    assert (commit.sha, commit.message.strip()) == (odd, "Do it")
