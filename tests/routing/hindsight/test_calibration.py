"""Grades held against what happened."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.hindsight.calibration import ENOUGH, Graded, Rate, calibrate, rank
from routing.levels import RiskLevel

LOW, MODERATE, HIGH, CRITICAL = RiskLevel

SCORED = st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=60)
GRADED = st.builds(Graded, st.integers(0, 30), st.sampled_from(RiskLevel), st.booleans())
PAST = st.lists(GRADED, min_size=1, max_size=30).map(
    lambda few: list(itertools.islice(itertools.cycle(few), ENOUGH + 11))
)


def spread(faulty: int, sound: int, level: RiskLevel = LOW, score: float = 0) -> list[Graded]:
    return [Graded(score, level, faulty=number < faulty) for number in range(faulty + sound)]


@pytest.mark.parametrize(
    ("scores", "faulty", "auc"),
    [
        pytest.param([1, 2, 3, 4], "..XX", 1.0, id="every faulty one above every sound one"),
        pytest.param([4, 3, 2, 1], "..XX", 0.0, id="every faulty one below"),
        pytest.param([7, 7, 7, 7], "..XX", 0.5, id="all equal"),
        pytest.param([1, 2, 3, 4], ".X.X", 0.75, id="one pair of four the wrong way round"),
        pytest.param([1, 2, 2, 4], ".X.X", 0.875, id="a tie counts half"),
    ],
)
def test_auc_is_the_share_of_pairs_in_the_right_order(
    scores: list[float], faulty: str, auc: float
) -> None:
    found = rank(scores, [letter == "X" for letter in faulty])
    assert found is not None
    assert found.auc == auc


@given(SCORED)
def test_auc_is_what_counting_every_pair_gives(scored: list[tuple[int, bool]]) -> None:
    found = rank([score for score, _ in scored], [bad for _, bad in scored])
    bad = [score for score, faulty in scored if faulty]
    good = [score for score, faulty in scored if not faulty]
    pairs = [(one > other) + (one == other) / 2 for one, other in itertools.product(bad, good)]
    if not pairs:
        assert found is None
    else:
        assert found is not None
        assert found.auc == pytest.approx(sum(pairs) / len(pairs))


def test_the_error_of_an_auc_is_hanleys_and_mcneils() -> None:
    found = rank([0] * 20, [True] * 10 + [False] * 10)
    assert found is not None
    assert found.error == pytest.approx((1.75 / 100) ** 0.5)


def test_what_the_riskiest_tenth_and_fifth_catch() -> None:
    scores = list(range(20))
    found = rank(scores, [score in {19, 17, 16, 3} for score in scores])
    assert found is not None
    assert (found.tenth, found.fifth) == (0.25, 0.75)


def test_a_tenth_that_ends_among_equal_scores_catches_their_share() -> None:
    found = rank([1] * 20, [True] * 10 + [False] * 10)
    assert found is not None
    assert (found.tenth, found.fifth) == pytest.approx((0.1, 0.2))


@given(SCORED)
def test_the_order_of_the_changes_does_not_matter(scored: list[tuple[int, bool]]) -> None:
    def ranked(changes: list[tuple[int, bool]]) -> object:
        return rank([score for score, _ in changes], [bad for _, bad in changes])

    assert ranked(scored) == ranked(scored[::-1])


@pytest.mark.parametrize(
    ("rate", "low", "high"),
    [(Rate(10, 5), 0.237, 0.763), (Rate(10, 0), 0.0, 0.278), (Rate(1000, 100), 0.083, 0.120)],
)
def test_an_interval_is_wilsons(rate: Rate, low: float, high: float) -> None:
    assert rate.interval == pytest.approx((low, high), abs=5e-4)


def test_of_nothing_everything_is_possible() -> None:
    assert (Rate(0, 0).share, Rate(0, 0).interval) == (0.0, (0.0, 1.0))


def test_one_change_too_few_gives_no_percentage() -> None:
    found = calibrate(spread(9, ENOUGH - 10))
    assert (found.enough, found.percentages, found.bins, found.gap) == (False, None, None, None)
    assert found.levels[LOW] == Rate(ENOUGH - 1, 9)


def test_enough_changes_give_a_percentage_to_each_level_that_occurred() -> None:
    found = calibrate([*spread(5, 95), *spread(30, 70, HIGH)])
    assert found.percentages == {LOW: 5.0, HIGH: 30.0}


@pytest.mark.parametrize(
    ("high", "rises"),
    [
        pytest.param((30, 70), True, id="more go wrong at the higher level"),
        pytest.param((5, 95), True, id="as many"),
        pytest.param((4, 96), False, id="fewer"),
        pytest.param((0, 0), True, id="a level that never occurred says nothing"),
    ],
)
def test_levels_rise_as_long_as_none_is_safer_than_a_lower_one(
    high: tuple[int, int], *, rises: bool
) -> None:
    assert calibrate([*spread(5, 95), *spread(*high, level=HIGH)]).rises is rises


@given(PAST)
def test_every_change_stands_in_one_bin_and_the_earlier_ones_promise(past: list[Graded]) -> None:
    bins = calibrate(past).bins
    assert bins
    cut = int(len(past) * 0.7)
    earlier, later = past[:cut], past[cut:]
    assert sum(one.promised.changes for one in bins) == len(earlier)
    assert sum(one.promised.faulty for one in bins) == sum(one.faulty for one in earlier)
    assert sum(one.happened.changes for one in bins) == len(later)
    assert sum(one.happened.faulty for one in bins) == sum(one.faulty for one in later)


@given(PAST)
def test_bins_rise_and_none_reaches_into_the_next(past: list[Graded]) -> None:
    bins = calibrate(past).bins
    assert bins
    assert len(bins) <= 10
    assert all(one.low <= one.high for one in bins)
    assert all(one.high < after.low for one, after in itertools.pairwise(bins))


def test_bins_hold_about_equally_many() -> None:
    bins = calibrate([Graded(number % 100, LOW, faulty=False) for number in range(1000)]).bins
    assert bins
    assert [one.promised.changes for one in bins] == [70] * 10


def test_a_promise_that_holds_leaves_no_gap() -> None:
    found = calibrate([*spread(14, 126, score=3), *spread(6, 54, score=3)])
    assert found.gap == pytest.approx(0)


def test_the_gap_is_how_far_promise_and_outcome_lie_apart() -> None:
    found = calibrate([*spread(14, 126, score=3), *spread(18, 42, score=3)])
    assert found.gap == pytest.approx(0.2)
