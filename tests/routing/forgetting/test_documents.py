"""A review, kept as JSON, tells the same story of a stand-in."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from routing.ai.declaration import Declaration
from routing.effects import GateState
from routing.forgetting.documents import ERASED, forgotten_in, read_document, write_document
from routing.forgetting.naming import Naming
from routing.forgetting.whom import Whom
from routing.model import State
from routing.record import Review, Stance
from routing.rules.qualification import Exclusion, Reason
from tests.bot.builders import (
    NAMES,
    a_gate,
    a_place,
    a_review,
    a_rule,
    a_verdict,
    an_ask,
    an_opinion,
    an_override,
)
from tests.builders import NOW
from tests.routing.forgetting.people import DANA, HER

REVIEW: TypeAdapter[Review] = TypeAdapter(Review)


def forget(review: Review, whom: Whom = DANA, *others: str) -> Review:
    naming = Naming(whom, others)
    document = read_document(REVIEW.dump_json(review).decode())
    return REVIEW.validate_json(write_document(forgotten_in(document, naming, HER)))


def closed(**changes: Any) -> Review:
    return a_review(state=State.MERGED, asks=(), requested={}, names=NAMES, **changes)


def test_a_review_that_does_not_name_them_stays_as_it_is() -> None:
    review = closed(author="Ana Ito", author_person="ana", opinions=(an_opinion("omar"),))
    review = replace(
        review, names={"omar": "Omar Diaz"}, candidates=(), exclusions=(), verdict=a_verdict()
    )
    review = replace(review, verdict=a_verdict(a_rule(replace(a_place("omar"), could=("kim",)))))
    assert forget(review) == review


def test_the_stand_in_wrote_what_they_wrote() -> None:
    after = forget(closed(author="Dana Ng", author_person="dana"))
    assert (after.author, after.author_person) == (HER, HER)


def test_an_approval_counts_as_before_and_is_a_stand_ins() -> None:
    before = closed(opinions=(an_opinion("dana"), an_opinion("omar")))
    after = forget(before)
    assert [one.person for one in after.approvals] == [HER, "omar"]
    assert after.name(HER) == HER
    assert after.name("omar") == "Omar Diaz"


def test_their_own_words_go_wherever_they_are_quoted() -> None:
    said = replace(an_opinion("dana"), stance=Stance.OBJECTS, comment="I am ill, ask Kim")
    block = "Dana Ng asked for changes: I am ill, ask Kim"
    after = forget(closed(opinions=(said,), verdict=a_verdict(blocks=(block, "ask Kim"))))
    assert after.opinions[0].comment == ERASED
    assert after.verdict.blocks == (f"{HER} asked for changes: {ERASED}", "ask Kim")


def test_what_is_said_of_them_goes_and_of_others_stays() -> None:
    short = Exclusion("dana", Reason.TENURE_SHORT, "Dana Ng: tenure short by 3 months")
    full = Exclusion("omar", Reason.AT_CAPACITY, "Omar Diaz is at capacity, Dana Ng is not")
    after = forget(closed(exclusions=(short, full), passed=(short,)))
    gone = Exclusion(HER, Reason.TENURE_SHORT, ERASED)
    assert after.exclusions[0] == after.passed[0] == gone
    assert after.exclusions[1].sentence == f"Omar Diaz is at capacity, {HER} is not"


def test_the_reason_of_their_override_goes_and_the_override_stays() -> None:
    given = an_override(by="dana", second="omar", reason="payments are down")
    after = forget(closed(override=given)).override
    assert after == replace(given, by=HER, reason=ERASED)


def test_the_reason_of_an_override_that_they_agreed_to_is_not_theirs() -> None:
    given = an_override(by="omar", second="dana", reason="payments are down")
    assert forget(closed(override=given)).override == replace(given, second=HER)


def test_their_declaration_is_a_stand_ins() -> None:
    said = Declaration("dana", "Dana Ng", ai=True, tools=("Claude",), at=NOW, head_sha="1" * 10)
    assert forget(closed(declaration=said)).declaration == replace(said, person=HER, name=HER)


def test_titles_branches_and_small_diffs_name_the_stand_in() -> None:
    after = forget(
        closed(title="Dana's sums", head_branch="dana-sums", small_diff="+# TODO(dana): round")
    )
    assert after.title == f"{HER}'s sums"
    assert after.head_branch == f"{HER}-sums"
    assert after.small_diff == f"+# TODO({HER}): round"


def test_an_opinion_on_a_forge_that_is_known_by_its_account_is_known_by_the_stand_in() -> None:
    at = NOW.isoformat()
    binding = a_review().binding
    seen = {f"approval 1001 {at}": binding, f"approval 1002 {at}": binding, "r1001": binding}
    assert list(forget(closed(seen=seen)).seen) == [
        *(f"approval {HER} {at}", f"approval 1002 {at}", "r1001")
    ]


def test_addresses_stay_even_where_they_are_called_like_the_person() -> None:
    review = closed(url="https://github.com/dana/shop/pull/7")
    review = replace(review, binding=replace(review.binding, base_branch="dana-ng"))
    after = forget(review)
    assert (after.url, after.binding) == (review.url, review.binding)


def test_an_id_that_is_an_ordinary_word_is_found_where_people_stand_and_nowhere_else() -> None:
    may = Whom("may", names=frozenset({"May Li"}))
    review = closed(
        title="It may pass",
        author="May Li",
        author_person="may",
        opinions=(an_opinion("may"),),
        remarks=("May Li may approve",),
    )
    after = forget(replace(review, names={"may": "May Li"}, requested={"may": "may"}), may)
    assert (after.title, after.author_person) == ("It may pass", HER)
    assert after.opinions[0].person == HER
    assert after.names == after.requested == {HER: HER}
    assert after.remarks == (f"{HER} may approve",)


def test_somebody_whose_name_holds_theirs_is_left_alone() -> None:
    review = closed(
        author="Dana Ng Jr",
        author_person="dana-jr",
        opinions=(an_opinion("danae"),),
        remarks=("Danae and Dana Ng Jr know it, Dana Ng wrote it",),
        gate=replace(a_gate(GateState.SUCCESS), description="approved by Danae"),
    )
    review = replace(review, names={"danae": "Danae", "dana-jr": "Dana Ng Jr"})
    after = forget(review, DANA, "Danae", "Dana Ng Jr", "dana-jr", "danae")
    assert (after.author, after.author_person) == ("Dana Ng Jr", "dana-jr")
    assert after.names == review.names
    assert after.remarks == (f"Danae and Dana Ng Jr know it, {HER} wrote it",)
    assert after.gate == review.gate


def test_every_ask_that_is_open_is_of_the_stand_in() -> None:
    after = forget(a_review(asks=(an_ask("dana"), an_ask("omar"))))
    assert [(one.person, one.why == ERASED) for one in after.asks] == [(HER, True), ("omar", False)]


@pytest.mark.parametrize("text", ["no JSON", "", "[[[["])
def test_what_is_no_json_is_a_text(text: str) -> None:
    assert read_document(text) == text


def test_half_a_letter_is_kept_as_it_was_written() -> None:
    assert write_document(read_document('{"a":"\\ud800"}')) == json.dumps({"a": "\ud800"}).replace(
        " ", ""
    )
