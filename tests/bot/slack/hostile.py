"""Reviews in which every word that others may choose was chosen to do harm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import cycle

from hypothesis import strategies as st

from routing.choosing.candidates import Candidate
from routing.levels import RiskLevel
from routing.model import State
from routing.policy import Step
from routing.provenance import Evidence, Tier
from routing.record import Ask, AskState, Coming, Review, Stance
from routing.risk import Factor, Risk
from routing.rules.approvals import Place, RuleResult, Way
from routing.rules.qualification import Exclusion, Reason
from tests.bot.builders import a_binding, a_review, a_verdict, an_assessment, an_opinion
from tests.bot.slack.payloads import LIVELY
from tests.builders import NOW

PEOPLE = ("dana", "omar", "kim", "lee", "max")
MANY = st.sampled_from([0, 1, 2, 20])

WORDS = st.one_of(
    st.sampled_from(LIVELY),
    st.text(max_size=30),
    st.lists(st.sampled_from(LIVELY), max_size=4).map("".join),
)
"""Words that go wherever others may choose them."""


def _a_rule(words: Callable[[], str], number: int) -> RuleResult:
    """A rule that is met or not, applies or not, as the number has it."""
    open_place, filled = Place(words(), None, PEOPLE), Place(words(), "dana", PEOPLE)
    ways = [Way((filled, open_place), possible=True), Way((filled,), possible=bool(number % 2))]
    return RuleResult(words(), bool(number % 5), words(), tuple(ways[: number % 2 + 1]))


@st.composite
def reviews(draw: st.DrawFn) -> Review:
    """Any review, with any words."""
    pool = cycle(draw(st.lists(WORDS, min_size=1, max_size=6)))

    def words() -> str:
        return next(pool)

    def people() -> list[str]:
        return draw(st.lists(st.sampled_from(PEOPLE), unique=True))

    def exclusions() -> tuple[Exclusion, ...]:
        return tuple(Exclusion("kim", Reason.NOT_QUALIFIED, words()) for _ in range(draw(MANY)))

    assessment = an_assessment(
        provenance=replace(
            an_assessment().provenance,
            tools=(words(),),
            evidence=(Evidence(Tier.TOOL, words(), words(), "Claude Code", "a trailer"),),
        ),
        risk=Risk(
            draw(st.sampled_from(RiskLevel)),
            12,
            tuple(Factor("f", 3, words()) for _ in range(draw(MANY))),
        ),
        domains=tuple(words() for _ in range(draw(MANY))),
    )
    states = st.sampled_from(AskState)
    return a_review(
        title=words(),
        author=words(),
        head_branch=words(),
        binding=a_binding(base_branch=words()),
        state=draw(st.sampled_from(State)),
        draft=draw(st.booleans()),
        assessment=assessment,
        verdict=a_verdict(
            *(_a_rule(words, number) for number in range(draw(MANY))),
            blocks=tuple(words() for _ in range(draw(MANY))),
        ),
        asks=tuple(Ask(who, words(), NOW, draw(states)) for who in people()),
        opinions=tuple(an_opinion(who, draw(st.sampled_from(Stance))) for who in people()),
        void=exclusions(),
        exclusions=exclusions(),
        names={who: words() for who in PEOPLE},
        approve_on_forge=draw(st.one_of(st.none(), WORDS)),
        next_due=draw(st.sampled_from([None, NOW])),
        coming=tuple(Coming(NOW, draw(st.sampled_from(Step)), who) for who in people()),
        places=tuple(words() for _ in range(3)),
        next_up={who: Candidate(who, 1.0, words()) for who in people()},
        small_diff=draw(st.one_of(st.just(""), WORDS)),
    )
