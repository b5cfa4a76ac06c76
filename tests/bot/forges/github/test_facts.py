"""What GitHub alone tells: accounts, limits, gaps, refs, and what it leaves unsaid."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import StoryClock
from bot.errors import Refused, Retryable
from bot.forges.github.adapter import GitHub
from routing.model import Account, FileStatus, Ref, ReviewState, State
from tests.standins.branches import NewCommit
from tests.standins.git import Submodule
from tests.standins.github.site import GitHubStandIn

SHOP = "acme/shop"


def ref_to(number: int) -> Ref:
    return Ref("github", SHOP, number)


# --- accounts


async def test_a_commit_of_a_deleted_account_belongs_to_nobody(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    github.delete_person("ana")
    change = await forge.change(ref_to(number))
    assert change.commits[0].author.account is None
    assert change.commits[0].author.email == "ana@example.com"
    assert change.merge_request.author.login == "ghost"


async def test_an_address_nobody_has_belongs_to_nobody(
    github: GitHubStandIn, forge: GitHub
) -> None:
    commits = [NewCommit("Odd", {"a": "1"}, author="Mallory <mallory@example.org>")]
    number = github.open_pull("ana", "feat", commits=commits)
    change = await forge.change(ref_to(number))
    assert change.commits[0].author.account is None


async def test_ids_are_numbers_as_text_and_outlive_a_new_login(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    before = (await forge.change(ref_to(number))).merge_request.author
    github.rename_person("ana", "anna")
    after = (await forge.change(ref_to(number))).merge_request.author
    assert (before.login, after.login) == ("ana", "anna")
    assert before.id == after.id == str(github.people["anna"].id)


async def test_an_apps_account_is_a_bot(github: GitHubStandIn, forge: GitHub) -> None:
    github.add_person("renovate[bot]", bot=True)
    number = github.open_pull("renovate[bot]", "feat", files={"a": "1"})
    assert (await forge.change(ref_to(number))).merge_request.author.bot


async def test_githubs_own_commits_have_a_committer_that_is_no_person(
    github: GitHubStandIn, forge: GitHub
) -> None:
    commits = [NewCommit("In the web page", {"a": "1"}, author="ana", committer="web-flow")]
    number = github.open_pull("ana", "feat", commits=commits)
    (commit,) = (await forge.change(ref_to(number))).commits
    assert commit.committer.account == Account("github", "19864447", "web-flow", bot=True)


async def test_githubs_address_without_its_signature_is_nobody(
    github: GitHubStandIn, forge: GitHub
) -> None:
    forged = "GitHub <noreply@github.com>"
    commits = [NewCommit("Hidden hand", {"a": "1"}, author="ana", committer=forged)]
    number = github.open_pull("ana", "feat", commits=commits)
    (commit,) = (await forge.change(ref_to(number))).commits
    assert commit.committer.account is None


async def test_a_description_never_written_is_empty(github: GitHubStandIn, forge: GitHub) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"}, body=None, labels=["ai"])
    found = (await forge.change(ref_to(number))).merge_request
    assert (found.body, found.labels) == ("", ("ai",))


# --- reviews


async def test_a_dismissed_approval_is_dismissed(github: GitHubStandIn, forge: GitHub) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    github.dismiss(number, github.review(number, "bo", "APPROVE"))
    (review,) = await forge.reviews(ref_to(number))
    assert review.state is ReviewState.DISMISSED


async def test_reviews_come_oldest_first_with_their_states(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    for event in ("COMMENT", "REQUEST_CHANGES", "APPROVE"):
        github.review(number, "bo", event)
    assert [review.state for review in await forge.reviews(ref_to(number))] == [
        ReviewState.COMMENTED,
        ReviewState.CHANGES_REQUESTED,
        ReviewState.APPROVED,
    ]


async def test_a_review_still_being_written_is_none(github: GitHubStandIn, forge: GitHub) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    github.review(number, "bo", "APPROVE")
    github.pulls[number].reviews[0].state = "PENDING"
    assert list(await forge.reviews(ref_to(number))) == []


# --- files, commits and what cannot be seen of them


async def test_a_base_that_github_itself_took_away_is_remembered(
    github: GitHubStandIn, forge: GitHub, clock: StoryClock
) -> None:
    github.branch("stacked-on")
    number = github.open_pull("ana", "feat", base="stacked-on", files={"a": "1"})
    github.review(number, "bo", "APPROVE")
    clock.move_to(clock.now() + timedelta(minutes=1))
    github.retarget(number, "main", automatic=True)
    (review,) = await forge.reviews(ref_to(number))
    assert review.base == "stacked-on"


async def test_what_came_before_the_end_of_githubs_record_has_no_base(
    github: GitHubStandIn, forge: GitHub, clock: StoryClock
) -> None:
    github.branch("release")
    number = github.open_pull("ana", "feat", files={"a": "1"})
    github.review(number, "bo", "APPROVE")
    for turn in range(101):
        clock.move_to(clock.now() + timedelta(minutes=1))
        github.retarget(number, "main" if turn % 2 else "release")
    (review,) = await forge.reviews(ref_to(number))
    assert review.base == ""


async def test_every_page_of_files_is_read(github: GitHubStandIn, forge: GitHub) -> None:
    files = {f"src/{number:03}.py": f"{number}\n" for number in range(205)}
    number = github.open_pull("ana", "feat", files=files)
    change = await forge.change(ref_to(number))
    assert len(change.files) == 205
    assert change.gaps == ()


async def test_files_beyond_githubs_limit_are_a_gap(github: GitHubStandIn, forge: GitHub) -> None:
    files = {f"{number:04}": f"{number}\n" for number in range(3001)}
    number = github.open_pull("ana", "feat", files=files)
    change = await forge.change(ref_to(number))
    assert change.gaps == (
        "GitHub lists no more than 3,000 changed files; it says that there are 3,001.",
    )


async def test_commits_that_a_pull_request_does_not_list_are_read_from_a_comparison(
    github: GitHubStandIn, forge: GitHub
) -> None:
    commits = [NewCommit(f"Step {step}", {"a": f"{step}\n"}) for step in range(252)]
    number = github.open_pull("ana", "feat", commits=commits)
    change = await forge.change(ref_to(number))
    assert [commit.message for commit in change.commits] == [f"Step {step}" for step in range(252)]
    assert not change.hidden


async def test_commits_that_nobody_can_see_hide_who_wrote_them(
    github: GitHubStandIn, forge: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.standins.github.routes.COMPARED", 251)
    commits = [NewCommit(f"Step {step}", {"a": f"{step}\n"}) for step in range(252)]
    number = github.open_pull("ana", "feat", commits=commits)
    change = await forge.change(ref_to(number))
    assert change.unknown_hands == (
        "GitHub lists 251 of 252 commits.",
        "GitHub's list of commits lacks the head.",
    )
    assert change.hidden


async def test_whoever_pushed_the_head_is_told(github: GitHubStandIn, forge: GitHub) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    github.push(number, {"a": "2"}, "ana", by="bo")
    pusher = (await forge.change(ref_to(number))).merge_request.pusher
    assert pusher is not None
    assert pusher.login == "bo"


async def test_only_the_push_of_the_head_counts(github: GitHubStandIn, forge: GitHub) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    github.push(number, {"a": "2"}, "ana", by="bo")
    github.push(number, {"a": "3"}, "ana")
    pusher = (await forge.change(ref_to(number))).merge_request.pusher
    assert pusher is not None
    assert pusher.login == "ana"


async def test_a_record_that_github_keeps_to_itself_names_no_pusher(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    github.pushes.clear()
    assert (await forge.change(ref_to(number))).merge_request.pusher is None


async def test_a_moved_file_keeps_its_old_name_and_is_no_gap(
    github: GitHubStandIn, forge: GitHub
) -> None:
    github.write_file("main", "old/pay.py", "1\n2\n3\n")
    files = {"old/pay.py": None, "new/pay.py": "1\n2\n3\n"}
    number = github.open_pull("ana", "feat", files=files)
    change = await forge.change(ref_to(number))
    (file,) = change.files
    assert (file.status, file.paths) == (FileStatus.RENAMED, ("new/pay.py", "old/pay.py"))
    assert change.gaps == ()


async def test_a_removed_file_is_removed(github: GitHubStandIn, forge: GitHub) -> None:
    number = github.open_pull("ana", "feat", files={"README.md": None})
    (file,) = (await forge.change(ref_to(number))).files
    assert (file.status, file.deletions) == (FileStatus.REMOVED, 1)


async def test_an_empty_file_is_no_gap(github: GitHubStandIn, forge: GitHub) -> None:
    number = github.open_pull("ana", "feat", files={"pkg/__init__.py": ""})
    assert (await forge.change(ref_to(number))).gaps == ()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x00\x01", "its change cannot be seen"),
        ("x\n" * 20_001, "its change cannot be seen"),
        (Submodule("0" * 40), "a submodule"),
    ],
    ids=["binary", "too large", "submodule"],
)
async def test_content_that_cannot_be_seen_is_a_gap(
    github: GitHubStandIn, forge: GitHub, content: str | bytes | Submodule, sentence: str
) -> None:
    number = github.open_pull("ana", "feat", files={"vendor/thing": content, "a.py": "1\n"})
    (gap,) = (await forge.change(ref_to(number))).gaps
    assert gap.startswith(f"vendor/thing: {sentence}")


# --- one moment, one tree


async def test_what_is_read_belongs_to_one_head(github: GitHubStandIn, forge: GitHub) -> None:
    number = github.open_pull("ana", "feat", files={"a.py": "1\n"})

    def push_once(_method: str, path: str) -> None:
        if path.endswith("/files") and len(github.requests) < 5:
            github.push(number, {"evil.py": "1\n"}, "ana")

    github.faults.meanwhile = push_once
    change = await forge.change(ref_to(number))
    assert change.merge_request.head_sha == change.commits[-1].sha == github.head(number)
    assert "evil.py" in change.paths


async def test_what_is_read_belongs_to_one_base(github: GitHubStandIn, forge: GitHub) -> None:
    github.branch("release")
    number = github.open_pull("ana", "feat", files={"a.py": "1\n"})

    def retarget_once(_method: str, path: str) -> None:
        if path.endswith("/commits") and github.pulls[number].base == "main":
            github.retarget(number, "release")

    github.faults.meanwhile = retarget_once
    assert (await forge.change(ref_to(number))).merge_request.base_branch == "release"


async def test_a_change_that_never_rests_is_read_later(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a.py": "1\n"})

    def push_again(_method: str, path: str) -> None:
        if path.endswith("/files"):
            github.push(number, {"a.py": f"{len(github.requests)}\n"}, "ana")

    github.faults.meanwhile = push_again
    with pytest.raises(Retryable):
        await forge.change(ref_to(number))


async def test_a_lost_base_branch_is_refused_while_open(
    github: GitHubStandIn, forge: GitHub
) -> None:
    github.branch("release")
    number = github.open_pull("ana", "feat", base="release", files={"a.py": "1\n"})
    github.delete_branch("release")
    with pytest.raises(Refused, match="release does not exist"):
        await forge.change(ref_to(number))
    github.close(number)
    assert (await forge.change(ref_to(number))).merge_request.state is State.CLOSED


async def test_a_commit_that_left_the_branch_is_not_read(
    github: GitHubStandIn, forge: GitHub
) -> None:
    old = github.write_file("main", "policy.yml", "lenient\n")
    github.git.branches["main"] = github.git.commits[old].parents[0]
    github.write_file("main", "policy.yml", "strict\n")
    with pytest.raises(Retryable, match="rewritten"):
        await forge.read_file(SHOP, "main", old, "policy.yml")


async def test_a_head_is_no_part_of_the_base(github: GitHubStandIn, forge: GitHub) -> None:
    number = github.open_pull("ana", "feat", files={"policy.yml": "lenient\n"})
    with pytest.raises(Retryable):
        await forge.read_file(SHOP, "main", github.head(number), "policy.yml")


async def test_a_file_of_more_than_a_megabyte_is_read_whole(
    github: GitHubStandIn, forge: GitHub
) -> None:
    text = "docs/ @ana\n" * 100_000
    tip = github.write_file("main", "CODEOWNERS", text)
    assert await forge.read_file(SHOP, "main", tip, "CODEOWNERS") == text


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        ("policy.yml/inside", "x", "is not a file"),
        ("policy.yml", Submodule("0" * 40), "is not a file"),
        ("policy.yml", b"\xff\xfe", "is not text in UTF-8"),
    ],
    ids=["a directory", "a submodule", "not UTF-8"],
)
async def test_what_is_no_text_is_refused_rather_than_missing(
    github: GitHubStandIn, forge: GitHub, path: str, content: bytes | Submodule, words: str
) -> None:
    tip = github.write_file("main", path, content)
    with pytest.raises(Refused, match=words):
        await forge.read_file(SHOP, "main", tip, "policy.yml")
