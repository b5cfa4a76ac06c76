"""Notes that AI tools leave beside commits, read over GitHub's git data API."""

from __future__ import annotations

import pytest

from bot.forges import notes
from bot.forges.github.adapter import GitHub
from routing.model import Ref
from tests.standins.github.site import GitHubStandIn

NOTE = "src/a.py\n  s_c9883b05a2487d::t_9f8e7d6c5b4a32 1-10\n---\n{}"


def opened(github: GitHubStandIn) -> tuple[Ref, str]:
    """A pull request with one commit, and the commit's SHA."""
    number = github.open_pull("ana", "feat", files={"src/a.py": "1\n"})
    return Ref("github", github.full_name, number), github.pulls[number].head_sha


@pytest.mark.parametrize("fanned_out", [False, True])
async def test_a_note_on_a_commit_comes_with_the_change(
    github: GitHubStandIn, forge: GitHub, *, fanned_out: bool
) -> None:
    ref, sha = opened(github)
    github.note("0" * 40, "of another commit", fanned_out=fanned_out)
    github.note(sha, NOTE, fanned_out=fanned_out)
    assert (await forge.change(ref)).notes == {sha: NOTE}


async def test_a_repository_without_notes_is_asked_for_nothing_more(
    github: GitHubStandIn, forge: GitHub
) -> None:
    ref, _ = opened(github)
    assert (await forge.change(ref)).notes == {}
    assert [path for _, path in github.requests if "/git/trees" in path] == []


async def test_notes_under_another_name_are_none_of_ours(
    github: GitHubStandIn, forge: GitHub
) -> None:
    ref, sha = opened(github)
    github.note(sha, "Reviewed-by: somebody", ref="review")
    assert (await forge.change(ref)).notes == {}


async def test_what_was_read_is_not_read_again(github: GitHubStandIn, forge: GitHub) -> None:
    ref, sha = opened(github)
    github.note(sha, NOTE)
    first = await forge.change(ref)
    read = [path for _, path in github.requests if "/git/blobs" in path]
    assert (await forge.change(ref)).notes == first.notes
    assert [path for _, path in github.requests if "/git/blobs" in path] == read


async def test_a_note_that_changes_is_seen(github: GitHubStandIn, forge: GitHub) -> None:
    ref, sha = opened(github)
    github.note(sha, "old")
    await forge.change(ref)
    github.note(sha, NOTE)
    assert (await forge.change(ref)).notes == {sha: NOTE}


async def test_a_huge_note_is_a_gap(
    github: GitHubStandIn, forge: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "MOST_BYTES", 10)
    ref, sha = opened(github)
    github.note(sha, NOTE)
    change = await forge.change(ref)
    assert change.notes == {}
    assert change.gaps == (f"The AI note on commit {sha[:7]} is too large to be read.",)


async def test_notes_beyond_the_newest_commits_are_a_gap(
    github: GitHubStandIn, forge: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "MOST_COMMITS", 1)
    ref, first = opened(github)
    last = github.push(ref.number, {"src/a.py": "2\n"}, "ana")
    for sha in (first, last):
        github.note(sha, NOTE)
    change = await forge.change(ref)
    assert set(change.notes) == {last}
    assert change.gaps == ("AI notes are read on the newest 1 commits only.",)


async def test_bytes_that_are_no_text_do_no_harm(github: GitHubStandIn, forge: GitHub) -> None:
    ref, sha = opened(github)
    github.note(sha, "\udcff".encode("utf-8", "surrogatepass").decode("latin-1"))
    assert set((await forge.change(ref)).notes) == {sha}
