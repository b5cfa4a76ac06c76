"""The ranking: who should be asked, as a sum that can be said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.model import PastChange
from routing.ranking.assignment import Ask, Assignment, fading, load_of, loads
from routing.ranking.evidence import REACH, Index, Record
from routing.ranking.marks import WORDS_SEEN, MarkKind, marks_of
from routing.ranking.ranker import ENOUGH_CHANGES, Ranked
from routing.ranking.terms import SENTENCES, Term
from routing.ranking.weights import EXPERTISE, RANKED, Weights
from tests.routing.pasts import (
    PASTS,
    PATHS,
    SOME,
    a_past,
    a_ranker,
    an_open,
    day,
)

TAX = "billing/tax.py"
BOTH = pytest.mark.parametrize("weights", [RANKED, EXPERTISE], ids=["ranked", "ranked_expertise"])


def names(*past: PastChange, weights: Weights = RANKED, key: str = "x") -> list[str]:
    """The ranking of a change of Ana's to the tax file."""
    weighed = a_ranker(*past).weigh(an_open(TAX, key=key), day(50))
    return [ranked.person for ranked in weighed.rank(weights)]


@BOTH
def test_who_reviewed_the_file_comes_before_who_reviewed_another(weights: Weights) -> None:
    past = (
        a_past(1, TAX, by="eve", reviewed_by=("dana",)),
        a_past(2, "web/theme.css", by="eve", reviewed_by=("fay",)),
    )
    ranking = names(*past, weights=weights)
    assert ranking.index("dana") < ranking.index("fay")


@BOTH
def test_who_wrote_the_file_comes_before_who_wrote_another(weights: Weights) -> None:
    past = (a_past(1, TAX, by="ben"), a_past(1, "web/theme.css", by="cleo"))
    assert names(*past, weights=weights) == ["ben", "cleo"]


@BOTH
def test_a_late_review_weighs_more_than_an_early_one(weights: Weights) -> None:
    past = (
        a_past(1, TAX, by="eve", reviewed_by=("dana",)),
        a_past(45, TAX, by="eve", reviewed_by=("fay",)),
    )
    assert names(*past, weights=weights)[0] == "fay"


def test_who_has_never_reviewed_comes_after_who_has() -> None:
    past = (a_past(1, TAX, by="ben", reviewed_by=("dana",)), a_past(2, TAX, by="ben"))
    assert names(*past) == ["dana", "ben"]


def test_the_pair_orders_people_of_equal_expertise() -> None:
    past = (
        a_past(1, TAX, by="eve", reviewed_by=("dana",)),
        a_past(1, TAX, by="ana", reviewed_by=("fay",)),
    )
    assert names(*past)[0] == "fay"


def test_the_pair_is_nothing_to_expertise() -> None:
    paired = a_past(1, TAX, by="ana", reviewed_by=("fay",))
    unpaired = replace(paired, authors=("eve",))

    def score_of_fay(past: PastChange) -> float:
        weighed = a_ranker(past).weigh(an_open(TAX), day(9))
        return next(one.score for one in weighed.rank(EXPERTISE) if one.person == "fay")

    assert score_of_fay(paired) == score_of_fay(unpaired)


def test_expertise_rests_on_no_habit_and_no_presence() -> None:
    assert not {Term.PAIR, Term.MOMENTUM, Term.LAST_SEEN} & set(EXPERTISE)


@BOTH
def test_no_evidence_counts_against_anybody(weights: Weights) -> None:
    assert min(weights.values()) >= 0


def test_authors_and_co_authors_are_never_ranked() -> None:
    past = a_past(1, TAX, by="ana", reviewed_by=("ben", "cleo"))
    weighed = a_ranker(past).weigh(an_open(TAX, by="ana", co=("ben",)), day(2))
    assert weighed.candidates == ("cleo",)


@pytest.mark.parametrize(("at", "candidates"), [(366, ("ana",)), (367, ())])
def test_candidates_were_active_within_a_year(at: float, candidates: tuple[str, ...]) -> None:
    weighed = a_ranker(a_past(1, TAX, by="ana")).weigh(an_open(TAX, by="ben"), day(at))
    assert weighed.candidates == candidates


def test_with_no_past_there_is_nobody_to_ask() -> None:
    assert names() == []


def test_a_change_without_files_is_ranked_by_presence() -> None:
    past = (a_past(1, TAX, by="eve", reviewed_by=("dana",)), a_past(9, TAX, reviewed_by=("fay",)))
    weighed = a_ranker(*past).weigh(an_open(by="gus"), day(10))
    assert weighed.rank()[0].person == "fay"


def test_equal_people_are_put_in_order_by_lot_anew_for_each_change() -> None:
    past = (a_past(1, TAX, by="eve", reviewed_by=("ben", "dana", "fay")),)
    orders = {tuple(names(*past, key=f"change {n}")) for n in range(30)}
    assert len(orders) == 6


def test_reasons_and_burden_add_up_to_the_score() -> None:
    past = (a_past(1, TAX, by="ana", reviewed_by=("dana",)), a_past(3, TAX, by="ben"))
    for ranked in a_ranker(*past).weigh(an_open(TAX), day(5)).rank(burdens={"dana": 0.75}):
        total = sum(reason.points for reason in ranked.reasons) - ranked.burden
        assert total == pytest.approx(ranked.score)


def test_every_term_is_told_in_a_sentence() -> None:
    past = (
        *(a_past(n, TAX, by="ana", reviewed_by=("dana",)) for n in range(4)),
        a_past(4, "web/theme.css", by="ben", reviewed_by=("fay",)),
    )
    dana = a_ranker(*past).weigh(an_open(TAX), day(6)).rank()[0]
    assert {reason.term: reason.sentence for reason in dana.reasons} == {
        Term.SIMILAR: "100% of the recent reviews of similar changes",
        Term.OWN_GROUND: "reviews changes like this 1.2 times as much as other changes",
        Term.REVIEWED_DIRECTORIES: "100% of the reviews in these directories",
        Term.WROTE_SIMILAR: "hardly any of the recent work on similar changes",
        Term.WROTE_FILES: "hardly any of the work on these files",
        Term.HAS_REVIEWED: "has reviewed before",
        Term.PAIR: "80% of the reviews of this author's changes, most alike first",
        Term.MOMENTUM: "lately reviews changes of this size 1.0 times as much as other changes",
        Term.LAST_SEEN: "was last active 3 days ago",
    }


@pytest.mark.parametrize(
    ("term", "raw", "sentence"),
    [
        (Term.LAST_SEEN, 0.4, "was active within a day"),
        (Term.LAST_SEEN, 1.9, "was last active a day ago"),
        (Term.HAS_REVIEWED, 0.0, "has never reviewed"),
    ],
)
def test_a_term_finds_its_words(term: Term, raw: float, sentence: str) -> None:
    assert SENTENCES[term](raw) == sentence


def test_a_past_that_runs_backwards_is_refused() -> None:
    ranker = a_ranker(a_past(5, TAX))
    with pytest.raises(ValueError, match="comes after a later change"):
        ranker.observe(a_past(4, TAX))


def test_a_young_repository_is_thin_evidence() -> None:
    ranker = a_ranker(*(a_past(n, TAX) for n in range(ENOUGH_CHANGES - 1)))
    assert ranker.thin
    ranker.observe(a_past(ENOUGH_CHANGES, TAX))
    assert not ranker.thin


@given(PASTS, SOME, st.sampled_from(PATHS), st.integers(1, 5))
def test_a_ranking_is_some_of_the_candidates_each_once_best_first(
    past: list[PastChange], authors: tuple[str, ...], path: str, top: int
) -> None:
    ordered = sorted(past, key=lambda change: change.at)
    change = an_open(path, by="zoe", co=authors)
    weighed = a_ranker(*ordered).weigh(change, day(501))
    ranking = weighed.rank(top=top)
    people = [ranked.person for ranked in ranking]
    assert len(people) == len(set(people)) == min(top, len(weighed.candidates))
    assert set(people) <= set(weighed.candidates) - set(authors)
    assert [one.score for one in ranking] == sorted((one.score for one in ranking), reverse=True)
    assert ranking == a_ranker(*ordered).weigh(change, day(501)).rank(top=top)


@given(PASTS, st.integers(1, 5))
def test_the_first_few_do_not_depend_on_how_many_are_wanted(
    past: list[PastChange], top: int
) -> None:
    weighed = a_ranker(*sorted(past, key=lambda one: one.at)).weigh(an_open(TAX), day(501))
    assert weighed.rank(top=top) == weighed.rank()[:top]


def test_marks_weigh_the_root_of_their_share_of_the_files() -> None:
    files = [("a/b/c/x.py", 1, 0), ("a/b/c/y.py", 1, 0), ("a/d/z.py", 1, 0), ("e/w.py", 1, 0)]
    marks = marks_of(files, "Fix HTTPServer2 fix")
    assert marks[MarkKind.FILE]["e/w.py"] == 0.5
    assert marks[MarkKind.DIRECTORY] == {
        "a/b/c": pytest.approx(0.5**0.5),
        "a/d": 0.5,
        "e": 0.5,
    }
    assert set(marks[MarkKind.PARENT]) == {"a/b", "a", "e"}
    assert set(marks[MarkKind.TOP]) == {"a/b", "a/d", "e"}
    assert marks[MarkKind.PATH_WORD]["py"] == 1.0
    assert marks[MarkKind.SUBJECT_WORD] == dict.fromkeys(("2", "fix", "http", "server"), 1.0)


def test_only_the_largest_files_leave_a_mark() -> None:
    marks = marks_of([(f"{size}.py", size, 0) for size in range(60)])
    assert set(marks[MarkKind.FILE]) == {f"{size}.py" for size in range(10, 60)}


def test_only_the_most_frequent_words_leave_a_mark() -> None:
    rare = "/".join("abcdefghij"[n % 10] * (1 + n // 10) for n in range(150))
    words = marks_of([(f"{rare}/often", 1, 0), ("often", 1, 0)])[MarkKind.PATH_WORD]
    assert len(words) == WORDS_SEEN
    assert "often" in words


@given(st.lists(st.sets(st.sampled_from(PATHS), min_size=1), max_size=8))
def test_the_index_finds_exactly_the_changes_that_share_a_file(past: list[set[str]]) -> None:
    index = Index()
    for paths in past:
        index.add(marks_of([(path, 1, 0) for path in sorted(paths)]))
    found, _ = index.find(marks_of([(TAX, 1, 0)])).of_kind(MarkKind.FILE)
    assert list(found) == [number for number, paths in enumerate(past) if TAX in paths]


def test_the_index_looks_back_only_so_far() -> None:
    index = Index()
    for _ in range(REACH + 5):
        index.add(marks_of([(TAX, 1, 0)]))
    found, _ = index.find(marks_of([(TAX, 1, 0)])).of_kind(MarkKind.FILE)
    assert list(found) == list(range(5, REACH + 5))


def test_the_change_that_shares_the_rarer_marks_is_the_most_similar() -> None:
    index = Index()
    for path in ("billing/tax.py", "billing/invoice.py", "web/theme.css", "web/cart/basket.ts"):
        index.add(marks_of([(path, 1, 0)]))
    changes, similarity = index.find(marks_of([(TAX, 1, 0)])).similar()
    assert list(changes) == [0, 1]
    assert similarity[0] == 1.0 > similarity[1] > 0


@given(PASTS)
def test_the_masses_are_what_adding_up_one_by_one_gives(past: list[PastChange]) -> None:
    record = Record()
    for change in sorted(past, key=lambda one: one.at):
        record.add(change, marks_of(change.files))
    wanted = record.latest(day(100).timestamp(), 1000)
    (mass,) = record.reviewers.masses(len(record.names), wanted, np.ones(len(wanted)))
    counted = dict.fromkeys(record.names, 0.0)
    for change in past:
        for person in change.reviewers if change.at >= day(100) else ():
            counted[person] += 1
    assert dict(zip(record.names, mass, strict=True)) == counted


def test_an_open_ask_weighs_one_and_a_closed_one_half_after_a_week() -> None:
    asks = [
        Ask("ana", day(1)),
        Ask("ana", day(1), closed=day(3)),
        Ask("ben", day(2), closed=day(20)),
        Ask("cleo", day(11)),
    ]
    assert loads(asks, day(10)) == {"ana": 1.5, "ben": 1.0}


def test_who_carries_nothing_any_more_is_left_out() -> None:
    assert loads([Ask("ana", day(1), closed=day(3))], day(400)) == {}


@given(st.floats(-500, 500), st.floats(0, 500), st.floats(0, 500))
def test_fading_twice_is_fading_all_the_way(start: float, later: float, longer: float) -> None:
    middle, end = start + later, start + later + longer
    twice = fading(day(start), day(middle)) * fading(day(middle), day(end))
    assert fading(day(start), day(end)) == pytest.approx(twice)


def test_loads_that_were_added_up_in_another_order_are_equal() -> None:
    assert 0.1 + 0.2 + 0.3 != 0.3 + 0.2 + 0.1
    assert load_of(1, 0.1 + 0.2 + 0.3) == load_of(1, 0.3 + 0.2 + 0.1) == 1.6
    assert load_of(1, 0.5 - 0.3 - 0.2) == 1.0


PAST_OF_THREE = (
    *(a_past(n, TAX, by="eve", reviewed_by=("dana",)) for n in range(6)),
    a_past(6, TAX, by="eve", reviewed_by=("fay",)),
    a_past(6, "web/theme.css", by="eve", reviewed_by=("gus",)),
)


def asked(carried: dict[str, float], dial: float = 1.5) -> list[str]:
    weighed = a_ranker(*PAST_OF_THREE).weigh(an_open(TAX), day(10))
    return [one.person for one in Assignment(dial=dial).order(weighed, carried)]


def test_without_load_the_ranking_stays_as_it_is() -> None:
    assert asked({}) == ["dana", "fay", "gus", "eve"]


def test_a_loaded_second_gives_way_to_somebody_with_room() -> None:
    assert asked({"fay": 12.0}) == ["dana", "gus", "fay", "eve"]


def test_the_best_judge_is_asked_in_spite_of_some_load() -> None:
    assert asked({"dana": 1.0})[0] == "dana"


def test_nobody_is_named_twice_when_the_best_also_has_the_most_room() -> None:
    order = asked({"fay": 50.0, "gus": 50.0})
    assert len(order) == len(set(order))


def test_with_the_dial_off_load_does_not_count() -> None:
    assert asked({"dana": 50.0, "fay": 50.0}, dial=0.0) == asked({})


def test_a_burden_is_told() -> None:
    weighed = a_ranker(*PAST_OF_THREE).weigh(an_open(TAX), day(10))
    ranking: tuple[Ranked, ...] = weighed.rank(burdens={"dana": 2.0})
    assert {one.person: one.burden for one in ranking}["dana"] == 2.0
