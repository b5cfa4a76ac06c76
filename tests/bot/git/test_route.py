"""Routing from a clone: the same decision as on a forge, from nothing but git."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import Misconfigured, Refused
from bot.git.clone import Clone
from bot.git.route import Routed, route
from bot.policies import Policies, Rulebook
from routing.record import Review
from storage.database import Storage
from tests.bot.fakes import files_in
from tests.bot.git.repository import Repository, Signed
from tests.builders import NOW

POLICY = """\
version: 1
branches: {production: [main]}
codeowners: require
rules:
  - name: to-production
    when: {branch: production}
    require: {approvals: 1, from: {min_tenure: 5y}}
  - name: everything
    require: {approvals: 1, from: {anyone: true}}
"""
PEOPLE = """\
people:
  - {id: ana, name: Ana, emails: [ana@example.com], started: 2024-02-01}
  - {id: dana, name: Dana, emails: [dana@example.com], github: dana-ng, started: 2017-03-01}
  - {id: omar, name: Omar, emails: [omar@example.com], started: 2025-01-01}
"""
CLAUDE = "Retry refunds\n\nCo-Authored-By: Claude <noreply@anthropic.com>"


@pytest.fixture
def rulebook(tmp_path: Path) -> Rulebook:
    return files_in(tmp_path, POLICY, PEOPLE).current


@pytest.fixture
def branched(repository: Repository) -> Repository:
    """Dana wrote the payments; Ana's branch changes them."""
    early = Signed("dana", at=NOW - timedelta(days=30))
    repository.commit({"pay/refund.py": "1\n", "README.md": "# Shop\n"}, signed=early)
    repository.branch("feature")
    repository.commit({"pay/refund.py": "2\n"}, branch="feature", message=CLAUDE)
    return repository


async def routed(
    repository: Repository,
    rulebook: Rulebook,
    storage: Storage,
    span: tuple[str | None, str] = ("main", "feature"),
) -> Routed:
    return await route(Clone(repository.path), span, rulebook, storage, lambda _: None)


def applied(review: Review) -> list[str]:
    return [rule.name for rule in review.verdict.rules if rule.applies]


async def test_the_branch_is_what_is_judged(
    branched: Repository, rulebook: Rulebook, storage: Storage
) -> None:
    found = await routed(branched, rulebook, storage)
    assert found.review.title == "Retry refunds"
    assert found.review.author == "Ana"
    assert found.change.paths == ("pay/refund.py",)
    assert (found.base, found.head) == (branched.sha("main"), branched.sha("feature"))
    assert found.review.assessment.provenance.ai


async def test_who_knows_the_files_and_may_approve_is_asked(
    branched: Repository, rulebook: Rulebook, storage: Storage
) -> None:
    review = (await routed(branched, rulebook, storage)).review
    assert review.waiting[0].person == "dana"
    assert "ana" not in {one.person for one in review.candidates}


async def test_the_branch_itself_teaches_nobody_anything(
    branched: Repository, rulebook: Rulebook, storage: Storage
) -> None:
    found = await routed(branched, rulebook, storage)
    assert (found.history, found.read_now) == (1, 1)


async def test_the_second_time_nothing_is_read_again(
    branched: Repository, rulebook: Rulebook, storage: Storage
) -> None:
    await routed(branched, rulebook, storage)
    assert (await routed(branched, rulebook, storage)).read_now == 0


async def test_the_same_clone_gives_the_same_answer(
    branched: Repository, rulebook: Rulebook, storage: Storage
) -> None:
    first = await routed(branched, rulebook, storage)
    assert (await routed(branched, rulebook, storage)).review == first.review


async def test_rules_for_the_base_branch_apply(
    branched: Repository, rulebook: Rulebook, storage: Storage
) -> None:
    assert "to-production" in applied((await routed(branched, rulebook, storage)).review)


@pytest.mark.parametrize("name", ["main", "refs/heads/main", "origin/main"])
async def test_however_the_base_branch_is_called(
    branched: Repository, rulebook: Rulebook, storage: Storage, name: str
) -> None:
    branched.git("update-ref", "refs/remotes/origin/main", branched.sha("main"))
    review = (await routed(branched, rulebook, storage, (name, "feature"))).review
    assert "to-production" in applied(review)


@pytest.mark.parametrize("remote", [False, True], ids=["no remote", "with a remote"])
async def test_without_a_base_the_rules_of_the_branch_found_apply(
    branched: Repository, rulebook: Rulebook, storage: Storage, *, remote: bool
) -> None:
    if remote:
        branched.git("update-ref", "refs/remotes/origin/main", branched.sha("main"))
        branched.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    review = (await routed(branched, rulebook, storage, (None, "feature"))).review
    assert "to-production" in applied(review)


async def test_without_a_base_the_default_branch_is_taken(
    branched: Repository, rulebook: Rulebook, storage: Storage
) -> None:
    found = await routed(branched, rulebook, storage, (None, "feature"))
    assert found.base == branched.sha("main")


STRICTER = """\
version: 1
rules:
  - name: two-of-us
    require: {approvals: 2, from: {anyone: true}}
"""


async def test_the_repositorys_own_rules_at_the_base_apply(
    repository: Repository, rulebook: Rulebook, storage: Storage
) -> None:
    repository.commit({".countersign.yml": STRICTER, "a.py": "1\n"})
    repository.branch("feature")
    repository.commit({"a.py": "2\n", ".countersign.yml": None}, branch="feature")
    review = (await routed(repository, rulebook, storage)).review
    assert "two-of-us" in applied(review)


async def test_rules_that_the_branch_itself_brings_do_not(
    branched: Repository, rulebook: Rulebook, storage: Storage
) -> None:
    branched.commit({".countersign.yml": STRICTER}, branch="feature")
    review = (await routed(branched, rulebook, storage)).review
    assert "two-of-us" not in applied(review)


async def test_rules_at_the_base_that_cannot_be_read_block(
    repository: Repository, rulebook: Rulebook, storage: Storage
) -> None:
    repository.commit({".countersign.yml": "rules: [", "a.py": "1\n"})
    repository.branch("feature")
    repository.commit({"a.py": "2\n"}, branch="feature")
    review = (await routed(repository, rulebook, storage)).review
    assert any(".countersign.yml" in block for block in review.verdict.blocks)


async def test_code_owners_are_read_at_the_base(
    repository: Repository, rulebook: Rulebook, storage: Storage
) -> None:
    repository.commit({".github/CODEOWNERS": "*.py @dana-ng\n", "a.py": "1\n"})
    repository.branch("feature")
    repository.commit({"a.py": "2\n", ".github/CODEOWNERS": "* @omar\n"}, branch="feature")
    review = (await routed(repository, rulebook, storage)).review
    (rule,) = [rule for rule in review.verdict.rules if "code owners of a.py" in rule.name]
    assert rule.ways[0].places[0].could == ("dana",)


async def test_without_people_the_authors_stand_in(branched: Repository, storage: Storage) -> None:
    rulebook = Policies(None, None).current
    found = await routed(branched, rulebook, storage)
    assert found.invented_people
    assert {one.person for one in found.review.candidates} == {"dana"}
    assert found.review.author == "Ana"


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (("main", "main"), "nothing to review: main"),
        (("feature", "main"), "nothing to review: main"),
        ((None, "main"), "no base branch found"),
    ],
)
async def test_where_there_is_nothing_to_review_it_is_said(
    branched: Repository,
    rulebook: Rulebook,
    storage: Storage,
    span: tuple[str | None, str],
    said: str,
) -> None:
    with pytest.raises(Misconfigured, match=said):
        await routed(branched, rulebook, storage, span)


@pytest.mark.parametrize("span", [("nowhere", "feature"), ("main", "nowhere")])
async def test_a_branch_that_is_not_there_is_named(
    branched: Repository, rulebook: Rulebook, storage: Storage, span: tuple[str, str]
) -> None:
    with pytest.raises(Refused, match="nowhere: no such branch"):
        await routed(branched, rulebook, storage, span)


async def test_a_folder_that_is_no_clone_is_said(
    tmp_path: Path, rulebook: Rulebook, storage: Storage
) -> None:
    (tmp_path / "empty").mkdir()
    clone = Clone(tmp_path / "empty")
    with pytest.raises(Misconfigured, match="not a git repository"):
        await route(clone, ("main", "feature"), rulebook, storage, lambda _: None)
