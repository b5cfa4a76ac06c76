"""An independent judge of the gate: from the text of the design, and from nothing of ours.

It keeps what people really said and when, and says of every moment whether the gate may be open
and whether it has to be. In between lies what the text leaves open.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations

from routing.model import State
from tests.routing.house import ANYONE, Need, Way
from tests.routing.truth import NOBODY, Truth

MIN_LINES = 10
"""From so many lines on, a change with the mark of AI counts as AI's."""

What = tuple[str, str, str]
"""Head, base and policy: what an approval is for."""


@dataclass(frozen=True)
class Word:
    """A person's latest word.

    `review` is its id on the forge, None for Slack. `sure` is whether nothing happened since on
    account of which the text allows the word to be forgotten.
    """

    approves: bool
    about: What
    review: str | None = None
    sure: bool = True


class Oracle:
    """Hears everything; `may_pass` and `must_pass` are its two answers."""

    def __init__(self) -> None:
        self.words: dict[str, Word] = {}
        self.marked = False
        self.looked = False

    # What it hears.

    def looks(self, truth: Truth) -> None:
        """Countersign looks: what can be seen now is known from now on.

        What stands on the forge at the very first look is taken to be about the policy found then;
        its base is on the forge's record.
        """
        self.marked = self.marked or truth.head.trailer
        if not self.looked:
            for who, word in self.words.items():
                if word.review is not None:
                    about = (*word.about[:2], truth.house.policy.hash)
                    self.words[who] = replace(word, about=about)
        self.looked = True
        for who, word in self.words.items():
            if not truth.may_approve(who):
                self.words[who] = replace(word, sure=False)

    def hears_in_slack(self, truth: Truth, who: str, *, approves: bool) -> None:
        """A click was made that the text says is to be taken in."""
        about = what(truth)
        known = self.words.get(who)
        if approves and known is not None and known.approves and known.about == about:
            return  # said already: the word that stands is the one that can be taken back
        self.words[who] = Word(approves, about)

    def hears_on_the_forge(
        self, truth: Truth, who: str, review: str, *, sha: str, approves: bool
    ) -> None:
        """A review was left by the person themselves, of this head or of an earlier one."""
        about = (sha, truth.base, truth.house.policy.hash)
        self.words[who] = Word(approves, about, review, sure=truth.state is State.OPEN)

    def doubts(self, who: str) -> None:
        """Nobody told Countersign: by when it looks, it may be unknowable what the word was for."""
        self.words[who] = replace(self.words[who], sure=False)

    def hears_of_dismissal(self, review: str) -> None:
        """If it was somebody's last word, they have none now."""
        self.words = {who: word for who, word in self.words.items() if word.review != review}

    # Which clicks are to be taken in.

    def takes(self, truth: Truth, who: str, card: tuple[str, str]) -> bool:
        """Whether an approval in Slack is to be taken in: on the card, by the person, now."""
        return (
            self.takes_objection(truth, who)
            and card == (truth.head.sha, truth.base)
            and any(who in place for need in self._asked(truth) for way in need for place in way)
        )

    def takes_objection(self, truth: Truth, who: str) -> bool:
        """Whether a request for changes in Slack is to be taken in, whatever the card showed."""
        return truth.open and truth.may_approve(who)

    # What it says.

    def may_pass(self, truth: Truth) -> str | None:
        """Why the gate may not be open now; None if it may."""
        if truth.draft:
            return "it is a draft"
        if NOBODY in truth.hands:
            return "a commit maps to nobody"
        standing = sorted(who for who, word in self.words.items() if self._stands(truth, who, word))
        if standing:
            return f"{', '.join(standing)} objected"
        return self._lacks(truth, self._signers(truth))

    def must_pass(self, truth: Truth) -> bool:
        """Whether the gate has to be open: approved beyond doubt, and nobody ever objected."""
        objected = any(not word.approves for word in self.words.values())
        sure = {who for who in self._signers(truth) if self.words[who].sure}
        return (
            truth.open
            and not objected
            and NOBODY not in truth.hands
            and self._lacks(truth, sure, few_lines=self.marked) is None
        )

    def _stands(self, truth: Truth, who: str, word: Word) -> bool:
        """An objection of somebody who is here, though they were barred from approving."""
        return not word.approves and who not in truth.inactive and who not in truth.guests

    def _signers(self, truth: Truth) -> set[str]:
        """Those whose last word approves exactly this, and who may approve it."""
        return {
            who
            for who, word in self.words.items()
            if word.approves and word.about == what(truth) and truth.may_approve(who)
        }

    def _asked(self, truth: Truth, *, few_lines: bool = False) -> list[Need]:
        """What the policy asks for; `few_lines` is whether AI's few lines count all the same.

        They may: a mark sticks, and nobody can tell how many of the lines it was seen on are left.
        """
        ai = self.marked and (few_lines or truth.head.lines >= MIN_LINES)
        return list(truth.house.asks(ai, truth.base))

    def _lacks(self, truth: Truth, signers: set[str], *, few_lines: bool = False) -> str | None:
        needs = self._asked(truth, few_lines=few_lines)
        if not needs:
            return "no rule covers it"
        for need in needs:
            if not any(_seated(way, signers) for way in need):
                return f"{sorted(signers)} are not enough for {_shown(need)}"
        return None


def what(truth: Truth) -> What:
    """What an approval given now is for."""
    return (truth.head.sha, truth.base, truth.house.policy.hash)


def _seated(way: Way, signers: set[str]) -> bool:
    """Whether different signers can take all the places, by trying everything."""
    return any(
        all(who in place for who, place in zip(order, way, strict=True))
        for order in permutations(sorted(signers), len(way))
    )


def _shown(need: Need) -> str:
    return str([["anyone" if place == ANYONE else sorted(place) for place in way] for way in need])
