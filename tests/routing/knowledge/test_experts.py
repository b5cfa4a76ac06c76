"""Who knows some paths, how many hold that knowledge, and when it is said to run out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from routing.knowledge.expertise import measure_expertise
from routing.knowledge.experts import (
    Knowledge,
    Standing,
    areas,
    bus_factor_sentence,
    know,
    still_here,
    warning,
)
from routing.model import PastChange
from tests.routing.pasts import NAMES, PASTS, PATHS, a_past, day

NOW = day(300)
CALLED = {name: name.title() for name in NAMES}


def knowledge(*past: PastChange, of: str = "billing/tax.py", gone: str = "") -> Knowledge:
    here = frozenset(NAMES) - {gone}
    return know(past, [of], measure_expertise(past, [of], NOW), here, NOW)


def test_who_did_most_of_the_fresh_work_comes_first() -> None:
    past = [a_past(10 * step, "billing/tax.py", by="ana") for step in range(3)]
    late = [a_past(290 + step, "billing/tax.py", by="ben") for step in range(3)]
    assert [one.person for one in knowledge(*past, *late).experts] == ["ben", "ana"]


def test_reviewing_is_knowing_too() -> None:
    (ana, ben) = knowledge(a_past(1, "billing/tax.py", by="ana", reviewed_by=("ben",))).experts
    assert (ana.share, ben.share) == (0.5, 0.5)
    assert ben.sentence == "reviewed 1 change, the last in January 2026"


def test_a_sweep_through_many_files_counts_little_for_one_of_them() -> None:
    sweep = a_past(299, "billing/tax.py", *(f"other/{number}" for number in range(24)), by="ana")
    (ben, ana) = knowledge(sweep, a_past(299, "billing/tax.py", by="ben")).experts
    assert (ben.person, ana.person) == ("ben", "ana")
    assert round(ben.share / ana.share) == 5


def test_changes_of_other_files_are_nearness_not_knowledge() -> None:
    found = knowledge(a_past(290, "billing/invoice.py", by="ana"))
    assert found.experts == ()
    assert found.nearby == ("ana",)


def test_the_bus_factor_is_the_fewest_who_hold_half() -> None:
    past = [a_past(290, "billing/tax.py", by=name) for name in ("ana", "ben", "cleo", "dana")]
    found = knowledge(*past)
    assert (found.half, found.most) == (2, 4)
    assert bus_factor_sentence(found, CALLED) == (
        "Bus factor 2: Ana and Ben hold at least half of the evidence; 4 people hold 80 %"
    )


def test_one_person_left_is_warned_of() -> None:
    past = [a_past(290, "billing/tax.py", by=name) for name in ("ana", "ben")]
    found = knowledge(*past, gone="ana")
    assert found.standing is Standing.ONE
    said = warning(found, CALLED)
    assert said == "One person left: of those who know these paths, only Ben is still here"


def test_nobody_left_is_warned_of_with_who_knew() -> None:
    found = knowledge(a_past(290, "billing/tax.py", by="ana"), gone="ana")
    assert warning(found, CALLED) == "Nobody is left who knows these paths: Ana knew them"


def test_paths_without_a_past_are_known_by_nobody() -> None:
    found = knowledge()
    assert (found.half, found.standing) == (0, Standing.UNKNOWN)
    assert bus_factor_sentence(found, CALLED) == ("Bus factor 0: no change of these paths is known")


def test_two_who_know_are_no_reason_to_warn() -> None:
    past = [a_past(290, "billing/tax.py", by=name) for name in ("ana", "ben")]
    assert warning(knowledge(*past), CALLED) is None


def test_the_directory_most_in_danger_comes_first() -> None:
    past = [
        a_past(290, "web/theme.css", by="ana"),
        a_past(290, "web/theme.css", by="ben"),
        a_past(290, "billing/tax.py", by="cleo"),
    ]
    found = areas(past, ["web/theme.css", "billing/tax.py"], frozenset(NAMES), NOW)
    assert [(one.directory, one.standing, one.knowers) for one in found] == [
        ("billing", Standing.ONE, ("cleo",)),
        ("web", Standing.SHARED, ("ana", "ben")),
    ]


def test_whoever_was_seen_nowhere_for_half_a_year_has_left() -> None:
    assert still_here({"ana": day(119), "ben": day(120)}, NOW) == {"ben"}


@given(PASTS, st.sampled_from(PATHS))
def test_shares_are_parts_of_one_whole_and_what_comes_later_changes_nothing(
    past: list[PastChange], path: str
) -> None:
    found = knowledge(*past, of=path)
    assert not found.experts or abs(sum(one.share for one in found.experts) - 1) < 1e-9
    assert found == knowledge(*past, a_past(301, path, by="gus"), of=path)
    assert found.half <= found.most <= len(found.experts)
