"""What part somebody has in a merge request that is open: as long as they have one, it needs them.

Without its author nobody could be barred from approving their own work; an objection, once nobody
knows whose it is, would stand for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from routing.forgetting.naming import Naming
from routing.record import AskState, Stance
from routing.rules.qualification import DEEDS
from routing.trail import Plain

HANDS = frozenset(reason.value for reason in DEEDS.values())
"""Why somebody is left out who had a hand in the change."""


WORDS = (
    ("override", "by", "they took part in its override"),
    ("override", "second", "they took part in its override"),
    ("declaration", "person", "they said whether AI helped"),
    ("cleared", "person", "they cleared its mark of AI"),
)
"""Where a review keeps somebody's word, and what that makes of them."""


def part_in(review: Plain, naming: Naming) -> str | None:
    """What a person has to do with an open review, as JSON, in words; None for nothing."""
    if not isinstance(review, dict):
        return "its review cannot be read"
    return next(_parts(review, naming), None)


def _parts(review: Mapping[str, Plain], naming: Naming) -> Iterator[str]:
    hers = naming.is_exactly
    if hers(review.get("author_person")) or hers(review.get("author")):
        yield "they opened it"
    waiting = (ask for ask in _all(review, "asks") if ask.get("state") == AskState.WAITING)
    if any(hers(ask.get("person")) for ask in waiting):
        yield "they are asked for their review"
    for opinion in _all(review, "opinions"):
        if not hers(opinion.get("person")):
            continue
        if opinion.get("stance") == Stance.OBJECTS:
            yield "their request for changes stands"
        elif opinion.get("binding") == review.get("binding"):
            yield "they approved it"
    yield from (told for key, who, told in WORDS if hers(_in(review, key).get(who)))
    exclusions = _all(review, "exclusions")
    if any(hers(one.get("person")) and one.get("reason") in HANDS for one in exclusions):
        yield "they had a hand in it"
    blocks = _in(review, "verdict").get("blocks")
    if any(isinstance(said, str) and naming.names(said) for said in _list(blocks)):
        yield "what keeps it from passing names them"


def _in(review: Mapping[str, Plain], key: str) -> Mapping[str, Plain]:
    found = review.get(key)
    return found if isinstance(found, dict) else {}


def _list(found: Plain) -> list[Plain]:
    return found if isinstance(found, list) else []


def _all(review: Mapping[str, Plain], key: str) -> Iterator[Mapping[str, Plain]]:
    yield from (one for one in _list(review.get(key)) if isinstance(one, dict))
