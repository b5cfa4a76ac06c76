"""The replay of a history: nothing is known early, and the figures say what they claim."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.ranking.assignment import Assignment
from routing.ranking.baselines import BASELINES, best
from routing.ranking.replay import (
    ASSIGNED,
    OURS,
    Figures,
    HistoryChange,
    Outcome,
    figures,
    in_time,
    replay,
)
from tests.routing.pasts import FILES, NAMES, a_past, an_open, day, histories

CASES = json.loads((Path(__file__).parents[2] / "data" / "ranking" / "baselines.json").read_text())

STATEFUL = {"round-robin"}
"""Remembers its turns, and a change that was altered may be one more to take a turn at."""


def a_line(
    key: str, opened: float, done: float, *reviewers: str, by: str = "ana", **more: Any
) -> HistoryChange:
    return HistoryChange(
        id=key,
        opened=day(opened),
        done=day(done),
        author=by,
        co_authors=more.get("co_authors", ()),
        bot=more.get("bot", False),
        subject=more.get("subject", ""),
        files=more.get("files", (("billing/tax.py", 3, 1),)),
        reviewers=reviewers,
    )


def rankings(history: list[HistoryChange], last: int = 100) -> dict[str, Mapping[str, Any]]:
    """Every ranking of every change scored, by its id."""
    baselines = {name: kind() for name, kind in BASELINES.items()}
    outcomes = replay(history, last, baselines, Assignment())
    return {outcome.id: outcome.rankings for outcome in outcomes}


@settings(max_examples=60)
@given(histories(), st.data())
def test_neither_its_reviewers_nor_the_future_move_a_ranking(
    history: list[HistoryChange], data: st.DataObject
) -> None:
    target = data.draw(st.sampled_from(history))
    known = [change for change in history if change.done < target.opened]
    strangers = st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True).map(tuple)

    def altered(change: HistoryChange) -> HistoryChange:
        if change is target:
            return replace(change, bot=False, reviewers=data.draw(strangers))
        if change in known:
            return change
        files, reviewers = data.draw(FILES), data.draw(strangers)
        return replace(change, files=files, reviewers=reviewers, subject="Altered")

    scored = replace(target, bot=False, reviewers=("fay",))
    before = rankings([scored if change is target else change for change in history])
    after = rankings([altered(change) for change in history])
    for name in {*OURS, *BASELINES} - STATEFUL:
        assert before[target.id][name] == after[target.id][name]


def test_a_change_is_learnt_from_only_once_it_is_done() -> None:
    history = [
        a_line("a", 1, 5, "dana"),
        a_line("b", 4, 6, "fay"),
        a_line("c", 5.5, 7, "fay"),
    ]
    found = rankings(history)
    assert found["b"]["ranked"] == ()
    assert found["c"]["ranked"] == ("dana",)


def test_a_change_done_at_the_very_moment_is_not_known_yet() -> None:
    found = rankings([a_line("a", 1, 5, "dana"), a_line("b", 5, 6, "fay")])
    assert found["b"]["ranked"] == ()


def test_changes_are_learnt_from_in_the_order_they_were_done() -> None:
    seen: list[str] = []
    history = [a_line("slow", 1, 9), a_line("quick", 2, 3), a_line("last", 10, 11)]
    assert [one.id for one in in_time(history, lambda one: seen.append(one.id))] == [
        "slow",
        "quick",
        "last",
    ]
    assert seen == ["quick", "slow"]


def test_a_file_that_is_out_of_order_is_put_in_order() -> None:
    history = [a_line("a", 1, 2, "dana"), a_line("b", 3, 4, "fay"), a_line("c", 5, 6, "dana")]
    assert rankings(history[::-1]) == rankings(history)


@pytest.mark.parametrize(
    ("uncounted", "why"),
    [(a_line("x", 3, 4), "no reviewers"), (a_line("x", 3, 4, "dana", bot=True), "a bot's")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_changes_that_show_nothing_are_not_scored(uncounted: HistoryChange, why: str) -> None:
    found = rankings([a_line("a", 1, 2, "dana"), uncounted, a_line("b", 5, 6, "fay")])
    assert list(found) == ["a", "b"], why


def test_only_the_last_so_many_are_scored() -> None:
    history = [a_line(str(n), n, n + 0.5, "dana") for n in range(6)]
    assert list(rankings(history, last=2)) == ["4", "5"]


def test_changes_without_reviewers_are_history_too() -> None:
    found = rankings([a_line("a", 1, 2, by="ben"), a_line("b", 3, 4, "dana")])
    assert found["b"]["ranked"] == ("ben",)


def test_a_bots_change_makes_it_no_candidate_but_its_reviewer_one() -> None:
    found = rankings([a_line("a", 1, 2, "dana", by="renovate", bot=True), a_line("b", 3, 4, "fay")])
    assert found["b"]["ranked"] == ("dana",)


def test_co_authors_are_no_candidates() -> None:
    history = [
        a_line("a", 1, 2, "dana", by="ben"),
        a_line("b", 3, 4, "fay", co_authors=("dana",)),
    ]
    assert rankings(history)["b"]["ranked"] == ("ben",)


def test_the_assigned_learn_what_they_carry() -> None:
    """Ten changes are open at once; two people reviewed alike, two others a little less."""
    taught = [
        a_line(f"t{n}", n, n + 0.5, ("dana", "fay", "gus", "ben")[n % 4], by="eve")
        for n in range(12)
    ]
    burst = [a_line(f"o{n}", 20 + n / 100, 40, "dana") for n in range(10)]
    found = rankings([*taught, *burst], last=10)
    once = {person for rank in found.values() for person in rank["ranked"][:2]}
    spread = {person for rank in found.values() for person in rank[ASSIGNED][:2]}
    assert len(spread) > len(once)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['name']} {case['fact']}")
def test_a_yardstick(case: Mapping[str, Any]) -> None:
    baseline = BASELINES[case["name"]]()
    for at, path, author, reviewer in case["past"]:
        baseline.observe(a_past(at, path, by=author, reviewed_by=(reviewer,)))
    scores = baseline.scores(an_open("billing/tax.py", by="ana"), day(100))
    candidates = ["ben", "cleo", "dana", "eve", "fay"]
    assert best(scores, candidates, "x")[0] == case["first"]


def test_random_asks_everybody_in_the_team_about_as_often() -> None:
    baseline = BASELINES["random"]()
    baseline.observe(a_past(1, "a.py", reviewed_by=("dana", "fay", "gus")))
    scores = baseline.scores(an_open("a.py"), day(2))
    firsts = [best(scores, NAMES, f"change {n}")[0] for n in range(300)]
    assert set(firsts) == {"dana", "fay", "gus"}
    assert min(map(firsts.count, set(firsts))) > 60


def test_round_robin_asks_everybody_in_turn() -> None:
    baseline = BASELINES["round-robin"]()
    baseline.observe(a_past(1, "a.py", reviewed_by=("dana", "fay", "gus")))
    turns = []
    for n in range(6):
        first = best(baseline.scores(an_open("a.py"), day(2)), NAMES, f"change {n}")[0]
        baseline.asked([first], day(2))
        turns.append(first)
    assert sorted(turns) == ["dana", "dana", "fay", "fay", "gus", "gus"]


def an_outcome(reviewers: str, ranking: str) -> Outcome:
    return Outcome("x", frozenset(reviewers), {"it": tuple(ranking)}, ())


def test_the_figures_of_a_few_changes_by_hand() -> None:
    outcomes = [
        an_outcome("a", "abcd"),
        an_outcome("b", "abcd"),
        an_outcome("d", "abcd"),
        an_outcome("z", "abcd"),
    ]
    assert figures(outcomes, "it") == Figures(
        top_1=0.25,
        top_3=0.5,
        top_5=0.75,
        mrr=(1 + 1 / 2 + 1 / 4 + 0) / 4,
        tail_mrr=0.0,
        tail_top_3=0.0,
        gini=0.5,
    )


def test_the_first_of_several_reviewers_counts() -> None:
    assert figures([an_outcome("cb", "abcd")], "it").mrr == 0.5


def test_the_tail_are_the_reviewers_beyond_the_five_busiest() -> None:
    busy = [an_outcome(name, "abcde") for name in "aabbccddee"]
    rare = [an_outcome("f", "afbcde"), an_outcome("ga", "abcde")]
    found = figures([*busy, *rare], "it")
    assert (found.tail_mrr, found.tail_top_3) == (0.25, 0.5)


@pytest.mark.parametrize(
    ("asked", "gini"),
    [(["ab", "cd"], 0.0), (["ab", "ab", "ab", "ab"], 0.5), (["ab", "ac"], 0.375)],
)
def test_the_gini_is_zero_for_even_loads_and_grows_with_unevenness(
    asked: list[str], gini: float
) -> None:
    outcomes = [an_outcome("abcd", ranking) for ranking in asked]
    assert figures(outcomes, "it").gini == pytest.approx(gini)


def test_nothing_scored_gives_zeros() -> None:
    assert figures([], "it") == Figures(0, 0, 0, 0, 0, 0, 0)
