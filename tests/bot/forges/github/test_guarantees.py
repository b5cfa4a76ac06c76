"""What a repository guarantees: what is open is said with its cure, and closing it closes it."""

from __future__ import annotations

import pytest

from bot.errors import Retryable
from bot.forges.github.adapter import GitHub
from bot.forges.github.guarantees import CHECK, Lock, findings
from bot.forges.guarantees import Finding, Guaranteeing, Standing
from tests.standins.github.guard import REPOSITORY_ADMIN, Protection, Ruleset
from tests.standins.github.site import GitHubStandIn

SHOP = "acme/shop"
OURS, THEIRS = 71, 99
BOUND, UNBOUND = {CHECK: OURS}, {CHECK: None}
GATE = Ruleset(5, "gate", UNBOUND)


def said(found: tuple[Finding, ...], standing: Standing) -> list[str]:
    return [one.sentence for one in found if one.standing is standing]


async def look(forge: GitHub, app: int | None = None) -> tuple[Finding, ...]:
    """What the doctor hears of the repository, as if we were that app."""
    found = await forge.guarantees(SHOP)
    if app is not None:
        branch, locks = await forge.locks(SHOP)
        found = findings(SHOP, branch, locks, app)
    assert all(one.cure for one in found if one.standing is Standing.OPEN)
    return tuple(found)


def test_github_can_tell_what_it_guarantees(forge: GitHub) -> None:
    assert isinstance(forge, Guaranteeing)


async def test_a_repository_as_it_is_made_only_advises(forge: GitHub) -> None:
    (advises,) = said(await look(forge), Standing.OPEN)
    assert "the gate only advises: main does not require the check countersign" in advises


@pytest.mark.parametrize(
    ("rulesets", "protection"),
    [
        ((Ruleset(5, "gate", {"tests": None}),), None),
        ((), Protection({"tests": None}, admins=True)),
    ],
)
async def test_other_checks_that_are_required_are_not_ours(
    github: GitHubStandIn,
    forge: GitHub,
    rulesets: tuple[Ruleset, ...],
    protection: Protection | None,
) -> None:
    github.guard.rulesets, github.guard.protection = rulesets, protection
    (advises,) = said(await look(forge), Standing.OPEN)
    assert "only advises" in advises


@pytest.mark.parametrize(
    ("checks", "open_"),
    [
        (BOUND, None),
        (UNBOUND, "from anybody"),
        ({CHECK: -1}, "from anybody"),
        ({CHECK: THEIRS}, "from another app than ours"),
    ],
)
@pytest.mark.parametrize("classic", [False, True])
async def test_whose_check_is_required_is_read_from_both_kinds_of_protection(
    github: GitHubStandIn,
    forge: GitHub,
    checks: dict[str, int | None],
    open_: str | None,
    *,
    classic: bool,
) -> None:
    github.guard.administrates = True
    if classic:
        github.guard.protection = Protection(checks, admins=True)
    else:
        unset = {name: None if app == -1 else app for name, app in checks.items()}
        github.guard.rulesets = (Ruleset(5, "gate", unset),)
    found = await look(forge, OURS)
    if open_ is None:
        assert not said(found, Standing.OPEN)
        assert "main requires the check countersign from our app alone" in said(
            found, Standing.HOLDS
        )
    else:
        (sentence,) = said(found, Standing.OPEN)
        assert open_ in sentence


async def test_one_lock_of_our_own_is_enough_beside_one_that_anybody_can_turn(
    github: GitHubStandIn, forge: GitHub
) -> None:
    github.guard.rulesets = (Ruleset(5, "gate", BOUND),)
    github.guard.protection = Protection(UNBOUND, admins=True)
    assert not said(await look(forge, OURS), Standing.OPEN)


async def test_with_a_token_anybody_who_may_push_can_set_the_check(
    github: GitHubStandIn, forge: GitHub
) -> None:
    github.guard.protection = Protection(UNBOUND, admins=True)
    found = await look(forge)
    (one,) = (one for one in found if one.standing is Standing.OPEN)
    assert "from anybody" in one.sentence
    assert "run Countersign as a GitHub App" in one.cure


async def test_admins_whom_classic_protection_lets_through_are_named(
    github: GitHubStandIn, forge: GitHub
) -> None:
    github.guard.protection = Protection(BOUND)
    (sentence,) = said(await look(forge, OURS), Standing.OPEN)
    assert sentence.startswith("repository admins may merge without the check")
    github.guard.protection = Protection(BOUND, admins=True)
    found = await look(forge, OURS)
    assert not said(found, Standing.OPEN)
    assert "nobody may bypass the branch protection, admins neither" in said(found, Standing.HOLDS)


async def test_who_is_on_a_rulesets_bypass_list_is_named_where_we_may_see_it(
    github: GitHubStandIn, forge: GitHub
) -> None:
    team = {"actor_id": 12, "actor_type": "Team", "bypass_mode": "pull_request"}
    github.guard.rulesets = (Ruleset(5, "gate", BOUND, bypass=(REPOSITORY_ADMIN, team)),)
    (unseen,) = (one for one in said(await look(forge, OURS), Standing.NOTE) if "bypass" in one)
    assert unseen == "who may bypass the ruleset “gate” GitHub does not show us"
    github.guard.administrates = True
    (sentence,) = said(await look(forge, OURS), Standing.OPEN)
    assert sentence.startswith("repository admins, a team may merge without the check")
    github.guard.rulesets = (Ruleset(5, "gate", BOUND),)
    assert not said(await look(forge, OURS), Standing.OPEN)


@pytest.mark.parametrize(
    ("strict", "standing", "words"),
    [
        (True, Standing.HOLDS, "a change holds the latest of main when it is merged"),
        (False, Standing.NOTE, "a change may be merged though main has moved on"),
    ],
)
@pytest.mark.parametrize("classic", [False, True])
async def test_whether_a_change_must_be_up_to_date_is_told(
    github: GitHubStandIn,
    forge: GitHub,
    standing: Standing,
    words: str,
    *,
    strict: bool,
    classic: bool,
) -> None:
    github.guard.administrates = True
    if classic:
        github.guard.protection = Protection(BOUND, strict=strict, admins=True)
    else:
        github.guard.rulesets = (Ruleset(5, "gate", BOUND, strict=strict),)
    assert any(one.startswith(words) for one in said(await look(forge, OURS), standing))


@pytest.mark.parametrize("classic", [False, True])
async def test_what_passed_for_another_base_is_told_until_a_merge_queue_closes_it(
    github: GitHubStandIn, forge: GitHub, *, classic: bool
) -> None:
    assert not any("passed elsewhere" in one.sentence for one in await look(forge, OURS))
    if classic:
        github.guard.protection = Protection(BOUND, admins=True)
    else:
        github.guard.rulesets = (Ruleset(5, "gate", BOUND),)
    (window,) = (one for one in await look(forge, OURS) if "passed elsewhere" in one.sentence)
    assert window.standing is Standing.NOTE
    assert "Require merge queue" in window.cure
    github.guard.merge_queue = True
    after = await look(forge, OURS)
    assert not any("passed elsewhere" in one.sentence for one in after)
    assert any("waits in the merge queue" in one for one in said(after, Standing.HOLDS))


async def test_what_we_may_not_see_is_not_claimed(github: GitHubStandIn, forge: GitHub) -> None:
    github.guard.protection = Protection(BOUND, strict=True, admins=True)
    assert not any("latest of main" in one.sentence for one in await look(forge, OURS))


async def test_a_used_up_rate_limit_is_not_taken_for_a_missing_rule(
    github: GitHubStandIn, forge: GitHub
) -> None:
    github.guard.rulesets = (GATE,)
    await forge.check()
    github.rate_limited(retry_after=60)
    with pytest.raises(Retryable):
        await forge.guarantees(SHOP)


def test_of_two_locks_that_may_be_bypassed_both_are_named() -> None:
    locks = [
        Lock(where, "empty it", OURS, None, ("deploy keys",)) for where in ("one", "the other")
    ]
    assert len(said(findings(SHOP, "main", locks, OURS), Standing.OPEN)) == 2
