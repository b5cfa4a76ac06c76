"""Who had a hand in a change, under whatever name, and so must not approve it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.identities import accounts_in, barred_people, unknown_hands
from routing.model import Account, Change, Commit, Signature
from tests.builders import (
    HEAD,
    a_change,
    a_commit,
    a_person,
    a_signature,
    a_stranger,
    a_team,
    an_account,
)

ANA, DANA, OMAR = a_person("ana"), a_person("dana"), a_person("omar")
TEAM = a_team(ANA, DANA, OMAR)


@dataclass(frozen=True)
class Hand:
    """A commit of a change that Ana opened, and what Dana thereby did; None for nothing."""

    fact: str
    commit: Commit
    deed: str | None


def co_author(trailer: str) -> Commit:
    """Ana's commit with this line at its end."""
    return a_commit(message=f"Do it\n\n{trailer}")


HANDS = [
    Hand("an author", a_commit("dana"), "wrote 11111111"),
    Hand("an author by address alone", a_commit(signed=a_signature("dana", account=None)), "wrote"),
    Hand(
        "an author by account alone",
        a_commit(signed=a_signature("dana", email="d@home.example")),
        "wrote",
    ),
    Hand("a committer", a_commit("ana", committer="dana"), "committed 11111111"),
    Hand("a co-author", co_author("Co-authored-by: Dana <dana@example.com>"), "is co-author"),
    Hand("in any letters", co_author("CO-AUTHORED-BY: D <Dana@Example.COM>"), "is co-author"),
    Hand("indented", co_author("  Co-authored-by: D <dana@example.com>"), "is co-author"),
    Hand("with no name", co_author("Co-authored-by: <dana@example.com>"), "is co-author"),
    Hand("with CR LF", co_author("Co-authored-by: D <dana@example.com>\r\n"), "is co-author"),
    Hand("a stranger's namesake", co_author("Co-authored-by: Dana <dana@evil.example>"), None),
    Hand("mentioned in a sentence", co_author("see Co-authored-by: D <dana@example.com>"), None),
    Hand("a tester", co_author("Tested-by: Dana <dana@example.com>"), None),
    Hand("somebody else's commit", a_commit("omar"), None),
    Hand("nobody's commit", a_commit(signed=a_stranger()), None),
]


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.fact)
def test_who_is_barred(hand: Hand) -> None:
    barred = barred_people(a_change(commits=[hand.commit]), TEAM)
    assert barred["ana"].told == "opened it"
    assert ("dana" in barred) == (hand.deed is not None)
    assert hand.deed is None or barred["dana"].told.startswith(hand.deed)


def test_whoever_pushed_the_head_is_barred() -> None:
    barred = barred_people(a_change(pusher=an_account("dana")), TEAM)
    assert barred["dana"].told == "pushed 11111111"


def test_commits_that_cannot_be_seen_may_be_anybodys() -> None:
    change = replace(a_change(), unknown_hands=("GitHub lists 250 of 252 commits.",))
    assert list(unknown_hands(change, TEAM)) == [
        "who wrote all of it cannot be known: GitHub lists 250 of 252 commits; squash or split it"
    ]


@pytest.mark.parametrize(
    "address", ["12345+dana@users.noreply.github.com", "dana@users.noreply.github.com"]
)
def test_the_address_that_github_makes_up_for_a_co_author_bars_them(address: str) -> None:
    change = a_change(commits=[a_commit(message=f"Do it\n\nCo-authored-by: Dana <{address}>")])
    assert "dana" in barred_people(change, TEAM)


def renamed(change_by: Account) -> Change:
    """A change opened under that account, its commits signed with an address unknown here."""
    signed = a_signature("ana", account=change_by, email="ana@home.example")
    return a_change(account=change_by, commits=[a_commit(signed=signed)])


def test_an_account_that_was_renamed_is_still_the_same_person_s() -> None:
    team = a_team(ANA, DANA, pins={("github", "ana"): "id-ana"})
    change = renamed(an_account("ana", login="ana-by-another-name"))
    assert "ana" in barred_people(change, team)


@pytest.mark.parametrize(
    "order", [pytest.param(1, id="old first"), pytest.param(-1, id="new first")]
)
def test_a_rename_that_the_people_file_follows_leaves_the_account_theirs(order: int) -> None:
    pins = {("github", "ana"): "id-ana", ("github", "ana-ito"): "id-ana"}
    ana = a_person("ana", logins={"github": "ana-ito"})
    team = a_team(ana, DANA, pins=dict(sorted(pins.items())[::order]))
    assert team.of_account(an_account("ana", login="ana-ito")) == ana


@pytest.mark.parametrize(
    "order", [pytest.param(1, id="old first"), pytest.param(-1, id="new first")]
)
def test_an_account_is_never_taken_for_whoever_has_its_former_login_now(order: int) -> None:
    pins = {("github", "ana"): "id-ana", ("github", "ana-ito"): "id-ana"}
    ana, hal = a_person("ana", logins={"github": "ana-ito"}), a_person("hal")
    hal = replace(hal, logins={"github": "ana"})
    team = a_team(ana, hal, pins=dict(sorted(pins.items())[::order]))
    assert team.of_account(an_account("ana", login="ana-ito")) == ana
    assert team.of_account(an_account("hal", login="ana")) is None


def test_a_made_up_address_that_the_people_file_lists_is_theirs() -> None:
    listed = a_person("dana", emails=("12345+dana-as-was@users.noreply.github.com",))
    assert a_team(listed).of_email("12345+Dana-as-was@users.noreply.github.com") == listed


def test_a_login_that_came_back_with_another_id_bars_nobody() -> None:
    team = a_team(ANA, DANA, pins={("github", "ana"): "id-ana"})
    assert "ana" not in barred_people(renamed(an_account("ana", id="id-new")), team)


def test_letters_of_a_login_may_be_large_or_small() -> None:
    assert TEAM.of_account(an_account("dana", login="DANA")) == DANA


def test_an_account_of_another_forge_is_a_stranger_s() -> None:
    assert TEAM.of_account(Account("gitlab", "1", "dana")) is None


def test_accounts_seen_first_are_pinned_if_somebody_s_and_then_not_again() -> None:
    change = a_change(commits=[a_commit("dana", committer="zoe"), a_commit(signed=a_stranger())])
    pins = TEAM.new_pins(accounts_in(change))
    assert pins == {("github", "ana"): "id-ana", ("github", "dana"): "id-dana"}
    assert a_team(*TEAM.everyone, pins=pins).new_pins(accounts_in(change)) == {}


@given(
    names=st.lists(st.sampled_from(["ana", "dana", "omar", "zoe"]), max_size=4),
    noise=st.text(alphabet="\n<>@: abCo-authored-by", max_size=80),
)
def test_whatever_a_message_says_beside_it_every_trailer_bars(names: list[str], noise: str) -> None:
    trailers = "\n".join(f"Co-authored-by: X <{who}@example.com>" for who in names)
    commit = a_commit(message=f"{noise}\n\n{trailers}\n\n{noise}", sha=HEAD)
    barred = barred_people(a_change(commits=[commit]), TEAM)
    assert set(barred) == {"ana", *names} - {"zoe"}


# Commits by nobody known.

CLAUDE = a_stranger("noreply@anthropic.com")


@pytest.mark.parametrize(
    ("signed", "nobody"),
    [
        (a_signature("dana"), False),
        (a_signature("dana", account=None), False),
        (a_signature("dana", email="d@home.example"), False),
        (a_stranger(), True),
        (a_signature("zoe"), True),
        (a_signature("ci", email="ci@x.example", account=an_account("ci", bot=True)), False),
        (CLAUDE, False),
    ],
    ids=["known", "by address", "by account", "nobody", "a stranger", "a bot", "an agent"],
)
def test_a_commit_is_somebody_s_a_program_s_or_nobody_s(signed: Signature, *, nobody: bool) -> None:
    known = replace(a_commit(), author=signed)
    assert bool(list(unknown_hands(a_change(commits=[known]), TEAM))) is nobody


def test_an_agent_s_commit_that_nobody_known_committed_is_nobody_s() -> None:
    by_an_agent = replace(a_commit(), author=CLAUDE, committer=a_stranger())
    assert list(unknown_hands(a_change(commits=[by_an_agent]), TEAM))


@pytest.mark.parametrize("host", ["gitlab.com", "git.example.com"])
def test_an_address_that_gitlab_made_up_is_its_logins(host: str) -> None:
    dana = a_person("dana", logins={"gitlab": "dana.ng"})
    assert a_team(dana).of_email(f"42-Dana.NG@users.noreply.{host}") == dana


def test_an_address_made_up_for_a_login_of_two_people_is_nobodys() -> None:
    team = a_team(
        a_person("dana", logins={"gitlab": "dana"}), a_person("omar", logins={"gitlab-2": "dana"})
    )
    assert team.of_email("42-dana@users.noreply.gitlab.com") is None


def test_githubs_addresses_are_not_taken_for_gitlabs() -> None:
    dana = a_person("dana", logins={"gitlab": "dana"})
    assert a_team(dana).of_email("42-dana@users.noreply.github.com") is None
