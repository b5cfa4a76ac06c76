"""What GitLab alone tells: heads of approvals, objections, gaps, accounts."""

from __future__ import annotations

import pytest

from bot.errors import Refused, Retryable
from bot.forges import notes
from bot.forges.gitlab.adapter import GitLab
from routing.model import Account, FileStatus, Ref, ReviewState
from tests.standins.branches import NewCommit
from tests.standins.git import Submodule
from tests.standins.gitlab.site import GitLabStandIn

SHOP = "acme/shop"


def ref_to(iid: int) -> Ref:
    return Ref("gitlab", SHOP, iid)


# --- who said what, and of which head


async def test_an_approval_belongs_to_the_head_that_stood_when_it_was_given(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    gitlab.approve(iid, "bo")
    second = gitlab.push(iid, {"a": "2"}, "ana")
    gitlab.approve(iid, "cy")
    gitlab.push(iid, {"a": "3"}, "ana")
    said = {one.account.login: one.sha for one in await adapter.reviews(ref_to(iid))}
    assert said == {"bo": gitlab.merge_requests[iid].versions[0].head_sha, "cy": second}


async def test_an_approval_given_again_is_another_one(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    gitlab.approve(iid, "bo")
    (first,) = await adapter.reviews(ref_to(iid))
    gitlab.unapprove(iid, "bo")
    assert list(await adapter.reviews(ref_to(iid))) == []
    gitlab.approve(iid, "bo")
    (again,) = await adapter.reviews(ref_to(iid))
    assert again.id != first.id


async def test_without_the_time_of_an_approval_gitlabs_own_note_tells_it(
    gitlab: GitLabStandIn, adapter: GitLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    first = gitlab.head(iid)
    gitlab.approve(iid, "bo")
    gitlab.push(iid, {"a": "2"}, "ana")
    older_gitlab_does_not_tell_when(monkeypatch)
    (said,) = await adapter.reviews(ref_to(iid))
    assert said.sha == first


async def test_an_approval_that_nobody_can_date_is_not_counted(
    gitlab: GitLabStandIn, adapter: GitLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    gitlab.approve(iid, "bo")
    gitlab.merge_requests[iid].notes.clear()
    gitlab.say(iid, "bo", "approved this merge request")  # anybody can write that
    older_gitlab_does_not_tell_when(monkeypatch)
    assert list(await adapter.reviews(ref_to(iid))) == []


@pytest.mark.parametrize(
    ("note", "base"),
    [
        ("changed target branch from `release` to `main`", "release"),
        ("changed automatically target branch to `main` because `next` was deleted", "next"),
        ("changed target branch in words of a later GitLab", ""),
        ("mentioned in commit 0123456", "main"),
    ],
)
async def test_gitlabs_note_tells_the_base_that_an_approval_was_left_for(
    gitlab: GitLabStandIn, adapter: GitLab, note: str, base: str
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    gitlab.approve(iid, "bo")
    gitlab.notes_itself(iid, "ana", note)
    (said,) = await adapter.reviews(ref_to(iid))
    assert said.base == base


async def test_somebody_who_writes_like_gitlab_moves_nothing(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    gitlab.approve(iid, "bo")
    gitlab.say(iid, "ana", "changed target branch from `release` to `main`")
    (said,) = await adapter.reviews(ref_to(iid))
    assert said.base == "main"


async def test_a_retarget_while_it_is_read_binds_an_approval_to_where_it_went(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    gitlab.branch("release")
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})

    def retarget_and_approve(_method: str, path: str) -> None:
        if path.endswith("/approvals"):
            gitlab.faults.meanwhile = lambda _method, _path: None
            gitlab.retarget(iid, "release")
            gitlab.approve(iid, "bo")

    gitlab.faults.meanwhile = retarget_and_approve
    (said,) = await adapter.reviews(ref_to(iid))
    assert said.base == "release"


def older_gitlab_does_not_tell_when(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "tests.standins.gitlab.views.approvals",
        lambda where, found: {
            "approved_by": [
                {"user": {"id": where.people[who].id, "username": who}} for who in found.approvals
            ]
        },
    )


async def test_a_request_for_changes_stands_until_its_reviewer_says_otherwise(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    gitlab.request_changes(iid, "bo")
    gitlab.push(iid, {"a": "2"}, "ana")
    (said,) = await adapter.reviews(ref_to(iid))
    assert (said.account.login, said.state) == ("bo", ReviewState.CHANGES_REQUESTED)
    gitlab.approve(iid, "bo")
    (said,) = await adapter.reviews(ref_to(iid))
    assert said.state is ReviewState.APPROVED


# --- accounts


async def test_ids_are_numbers_as_text_and_outlive_a_new_username(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    before = (await adapter.change(ref_to(iid))).merge_request.author
    gitlab.rename_person("ana", "anna")
    after = (await adapter.change(ref_to(iid))).merge_request.author
    assert (before.login, after.login) == ("ana", "anna")
    assert before.id == after.id == str(gitlab.people["anna"].id)


async def test_the_user_of_an_access_token_is_a_bot(gitlab: GitLabStandIn, adapter: GitLab) -> None:
    bot = gitlab.add_person("project_7_bot_0a1b")
    iid = gitlab.open_merge_request(bot.username, "feat", files={"a": "1"})
    author = (await adapter.change(ref_to(iid))).merge_request.author
    assert author == Account("gitlab", str(bot.id), bot.username, bot=True)


async def test_the_head_has_its_pusher_whoever_wrote_it(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    assert (await pusher(adapter, iid)) == "ana"
    gitlab.push(iid, {"a": "2"}, "ana", by="bo")
    assert (await pusher(adapter, iid)) == "bo"


async def test_a_push_that_is_not_on_record_has_no_pusher(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    gitlab.pushes.clear()
    assert (await pusher(adapter, iid)) is None


async def pusher(adapter: GitLab, iid: int) -> str | None:
    found = (await adapter.change(ref_to(iid))).merge_request.pusher
    return found.login if found else None


async def test_a_description_never_written_is_empty(gitlab: GitLabStandIn, adapter: GitLab) -> None:
    iid = gitlab.open_merge_request("ana", "f", files={"a": "1"}, description=None, labels=["ai"])
    found = (await adapter.change(ref_to(iid))).merge_request
    assert (found.body, found.labels) == ("", ("ai",))


# --- files, commits and what cannot be seen of them


async def test_every_page_of_files_and_commits_is_read(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    commits = [NewCommit(f"Step {n}", {f"f{n}": str(n)}) for n in range(101)]
    iid = gitlab.open_merge_request("ana", "feat", commits=commits)
    change = await adapter.change(ref_to(iid))
    assert (len(change.files), len(change.commits), change.gaps) == (101, 101, ())


async def test_commits_come_oldest_first(gitlab: GitLabStandIn, adapter: GitLab) -> None:
    commits = [NewCommit(f"Step {n}", {f"f{n}": str(n)}) for n in range(3)]
    iid = gitlab.open_merge_request("ana", "feat", commits=commits)
    change = await adapter.change(ref_to(iid))
    assert [one.message for one in change.commits] == ["Step 0", "Step 1", "Step 2"]


async def test_more_files_than_gitlab_counts_leave_a_gap_that_hides(
    gitlab: GitLabStandIn, adapter: GitLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.standins.gitlab.views.FILES_COUNTED", 3)
    iid = gitlab.open_merge_request("ana", "feat", files={f"f{n}": "1" for n in range(4)})
    change = await adapter.change(ref_to(iid))
    assert change.hidden
    assert "4 of 3+ changed files" in change.gaps[0]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\0\1\2", "binary"),
        (Submodule("a" * 40), "submodule"),
        ("x\n" * 20_001, "too large"),
    ],
    ids=["binary", "submodule", "too large"],
)
async def test_a_file_that_is_not_shown_leaves_a_gap(
    gitlab: GitLabStandIn, adapter: GitLab, content: str | bytes | Submodule, says: str
) -> None:
    commits = [NewCommit("Odd", {"odd": content})]
    iid = gitlab.open_merge_request("ana", "feat", commits=commits)
    change = await adapter.change(ref_to(iid))
    assert says in change.gaps[0]
    assert not change.hidden


async def test_a_renamed_file_keeps_its_old_name(gitlab: GitLabStandIn, adapter: GitLab) -> None:
    commits = [NewCommit("Move", {"README.md": None, "docs/README.md": "# Shop\n"})]
    iid = gitlab.open_merge_request("ana", "feat", commits=commits)
    (file,) = (await adapter.change(ref_to(iid))).files
    assert (file.status, file.paths) == (FileStatus.RENAMED, ("docs/README.md", "README.md"))


async def test_an_empty_new_file_is_no_gap(gitlab: GitLabStandIn, adapter: GitLab) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"empty": ""})
    assert (await adapter.change(ref_to(iid))).gaps == ()


# --- notes of AI tools beside the commits


NOTE = "src/a.py\n  s_c9883b05a2487d::t_9f8e7d6c5b4a32 1-10\n---\n{}"


@pytest.mark.parametrize("fanned_out", [False, True])
async def test_a_note_on_a_commit_comes_with_the_change(
    gitlab: GitLabStandIn, adapter: GitLab, *, fanned_out: bool
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    sha = gitlab.head(iid)
    gitlab.note("0" * 40, "of another commit", fanned_out=fanned_out)
    gitlab.note(sha, NOTE, fanned_out=fanned_out)
    assert (await adapter.change(ref_to(iid))).notes == {sha: NOTE}
    gitlab.requests.clear()
    assert (await adapter.change(ref_to(iid))).notes == {sha: NOTE}
    assert not [path for _, path in gitlab.requests if "/blobs/" in path]


async def test_a_project_without_notes_is_asked_for_nothing_more(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    assert (await adapter.change(ref_to(iid))).notes == {}
    assert not [path for _, path in gitlab.requests if path.endswith("/repository/tree")]


async def test_a_note_too_large_to_be_read_is_a_gap(
    gitlab: GitLabStandIn, adapter: GitLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "MOST_BYTES", 10)
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    gitlab.note(gitlab.head(iid), NOTE)
    change = await adapter.change(ref_to(iid))
    assert change.notes == {}
    assert "too large to be read" in change.gaps[0]


# --- one head, one tree


async def test_a_push_that_gitlab_has_not_looked_at_yet_is_waited_for(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    gitlab.merge_requests[iid].preparing = True
    with pytest.raises(Retryable, match="still looking"):
        await adapter.change(ref_to(iid))


async def test_a_push_while_it_is_read_is_read_as_one(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    pushes = [{"b": "2"}]

    def push(_method: str, path: str) -> None:
        if path.endswith("/commits") and pushes:
            gitlab.push(iid, pushes.pop(), "ana")

    gitlab.faults.meanwhile = push
    change = await adapter.change(ref_to(iid))
    assert change.merge_request.head_sha == gitlab.head(iid)
    assert change.paths == ("a", "b")


async def test_a_merge_request_that_never_rests_is_tried_later(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})

    def push(_method: str, path: str) -> None:
        if path.endswith("/commits"):
            gitlab.push(iid, {"a": str(len(gitlab.requests))}, "ana")

    gitlab.faults.meanwhile = push
    with pytest.raises(Retryable, match="keeps moving"):
        await adapter.change(ref_to(iid))


async def test_a_rewritten_base_is_not_read_from(gitlab: GitLabStandIn, adapter: GitLab) -> None:
    gone = gitlab.write_file("main", "policy.yml", "lenient\n")
    parent = gitlab.git.commits[gone].parents[0]
    gitlab.git.branches["main"] = parent
    gitlab.write_file("main", "policy.yml", "strict\n")
    with pytest.raises(Retryable, match="rewritten"):
        await adapter.read_file(SHOP, "main", gone, "policy.yml")


async def test_an_open_merge_request_without_its_base_is_refused(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    gitlab.branch("release")
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"}, target="release")
    gitlab.git.branches["gone"] = gitlab.git.branches["release"]
    found = gitlab.merge_requests[iid]

    def without(_method: str, path: str) -> None:
        if path.endswith("/branches/release"):
            gitlab.git.branches.pop("release", None)

    gitlab.faults.meanwhile = without
    with pytest.raises(Refused, match="release"):
        await adapter.change(ref_to(found.iid))


async def test_a_file_that_is_no_text_is_refused(gitlab: GitLabStandIn, adapter: GitLab) -> None:
    tip = gitlab.commit("main", NewCommit("Odd", {"policy.yml": b"\xff"}))
    with pytest.raises(Refused, match="UTF-8"):
        await adapter.read_file(SHOP, "main", tip, "policy.yml")
