"""What GitHub tells of the past: who changed these paths, when, and whether it was a repair."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from bot.forges.github.adapter import GitHub
from bot.forges.past_queries import queries
from routing.model import Ref
from tests.standins.branches import NewCommit
from tests.standins.github.site import GitHubStandIn

SHOP = "acme/shop"


def ref_to(number: int) -> Ref:
    return Ref("github", SHOP, number)


async def test_history_counts_co_authors_and_leaves_merges_out(
    github: GitHubStandIn, forge: GitHub
) -> None:
    message = "Pay\n\nCo-authored-by: Cy <CY@example.com>"
    commits = [NewCommit(message, {"src/pay.py": "1\n"}, author="bo")]
    number = github.open_pull("bo", "feat", commits=commits)
    tip = github.merge(number, "cy")
    since = github.pulls[number].created_at.replace(year=2020)
    (change,) = await forge.past_changes(SHOP, tip, ["src/pay.py"], since)
    assert change.authors == ("mail:bo@example.com", "mail:cy@example.com")
    assert change.files == (("src/", 0, 0), ("src/pay.py", 0, 0))


async def test_history_tells_repairs_by_their_subjects(
    github: GitHubStandIn, forge: GitHub
) -> None:
    messages = ("Add prices", "Fix the rounding", "Reword\n\nNo fix, words only.")
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    for number, message in enumerate(messages):
        new = NewCommit(message, {"a/x.py": f"{number}\n"})
        tip = github.commit("main", new, noon + timedelta(hours=number))
    changes = await forge.past_changes(SHOP, tip, ["a/x.py"], noon - timedelta(days=1))
    assert [change.fix for change in changes] == [False, True, False]


async def test_history_comes_newest_first_whatever_was_asked_first(
    github: GitHubStandIn, forge: GitHub
) -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    old = github.commit("main", NewCommit("Old", {"a/x.py": "1\n"}), noon)
    new = github.commit("main", NewCommit("New", {"b/y.py": "1\n"}), noon + timedelta(hours=2))
    changes = await forge.past_changes(SHOP, new, ["a/x.py", "b/y.py"], noon - timedelta(days=1))
    assert [change.id for change in changes] == [new, old]


async def test_history_starts_at_a_moment_of_any_time_zone(
    github: GitHubStandIn, forge: GitHub
) -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    github.commit("main", NewCommit("Too old", {"a/x.py": "1\n"}), noon - timedelta(hours=3))
    tip = github.commit("main", NewCommit("In time", {"a/x.py": "2\n"}), noon)
    since = (noon - timedelta(hours=1)).astimezone(timezone(timedelta(hours=-5)))
    (change,) = await forge.past_changes(SHOP, tip, ["a/x.py"], since)
    assert change.id == tip


def test_history_is_asked_for_a_bounded_number_of_places() -> None:
    paths = [f"d{number % 7}/f{number}.py" for number in range(40)] + ["d0/more.py", "top.py"]
    asked = queries(paths)
    assert len(asked) == 10
    assert asked[0] == "d0/"
    assert asked[5:] == ("d0/f0.py", "d1/f1.py", "d2/f2.py", "d3/f3.py", "d4/f4.py")
