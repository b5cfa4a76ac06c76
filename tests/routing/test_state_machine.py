"""Any sequence of pushes, clicks, retargets and closes, held against an independent judge.

The standing claim: no sequence may reach a success gate without the approvals that the policy
asks for on that head, base and policy; and where they are all there, the gate is open.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from routing.effects import GateState, RequestReviewers, SetGate, WithdrawReviewers
from routing.events import ReviewDeclined
from routing.model import Account, ReviewState, State
from routing.record import AskState, Review
from routing.review import Decision, advance, close_early
from routing.taking_in import DecidingEvent
from storage.codec import EFFECT, EVENT, REVIEW
from tests.builders import (
    an_account,
    approves,
    declines,
    due,
    objects,
    on_the_forge,
    touched,
)
from tests.routing.house import AUTHOR, BOTS, HOUSES, NAMES
from tests.routing.oracle import Oracle
from tests.routing.truth import NOBODY, Head, Truth, a_head

BASES = ("main", "dev")
HOUSE = st.sampled_from(sorted(HOUSES))
ANYBODY = st.sampled_from([*NAMES, "zoe"])
REVIEWER = st.sampled_from([who for who in NAMES if who != AUTHOR])
SOME = st.sampled_from([*NAMES, "zoe", "dana omar", "dana omar", "dana mia omar", "dana mia omar"])
"""Enough for some of the policies, and not for others."""
CO_AUTHORS = (["omar"], ["dana"], ["mia", "kim"])
CARD = st.sampled_from(
    ["fresh"] * 4 + ["of an earlier head", "of another base", "from another workspace"]
)
AGO = st.sampled_from([0, 0, 0, 1, 2])
"""How many heads ago; mostly the one that stands."""
RARELY = st.sampled_from([False, False, False, True])
HEARD = st.sampled_from([True, True, True, False])
"""Whether the forge's delivery arrives, or is lost."""
OLD = 8
"""A merge request is merged when so much has happened to it, since nothing much happens after."""
GATE_LIMIT = 140


class MergeRequestLife(RuleBasedStateMachine):
    """One merge request's life, with everything that people and forge may do to it."""

    def __init__(self) -> None:
        super().__init__()
        first, second = a_head(0, AUTHOR), a_head(1, AUTHOR)
        self.truth = Truth(second, BASES[0], heads=[first, second])
        self.oracle = Oracle()
        self.review: Review | None = None
        self.statuses: dict[str, SetGate] = {}
        self.requested: set[str] = set()
        self.declined: set[str] = set()
        self.looked = False
        self.count = 1

    # How it begins.

    @initialize(house=HOUSE, base=st.sampled_from(BASES), draft=RARELY, heard=HEARD)
    def opened(self, house: str, base: str, *, draft: bool, heard: bool) -> None:
        self.truth.house = HOUSES[house]
        self.truth.base, self.truth.draft = base, draft
        self._happened(heard=heard)

    # What happens on the forge.

    @rule(
        author=st.sampled_from([AUTHOR] * 6 + ["bo", "dana", NOBODY]),
        co_authors=st.sampled_from([frozenset(), frozenset(), *map(frozenset, CO_AUTHORS)]),
        lines=st.sampled_from([3, 40]),
        trailer=st.booleans(),
        on_top=st.booleans(),
        heard=HEARD,
    )
    def push(self, author: str, co_authors: frozenset[str], lines: int, **how: bool) -> None:
        self.count += 1
        head = a_head(self.count, author, co_authors, lines=lines, trailer=how["trailer"])
        self.truth.head = self.truth.head.and_then(head) if how["on_top"] else head
        self.truth.heads.append(self.truth.head)
        self._happened(heard=how["heard"])

    @rule(what=st.sampled_from(["retarget", "retarget", "push back", "draft", "close", "merge"]))
    @precondition(lambda self: self.truth.open)
    def move(self, what: str) -> None:
        match what:
            case "draft":
                self.truth.draft = True
            case "close":
                self.truth.state = State.CLOSED
            case "merge" if self.count > OLD:
                self.truth.state = State.MERGED
            case "push back":
                self.truth.head = self._earlier(1)
            case _:
                self.truth.base = self._other_base()
        self._happened(heard=True)

    @rule(also=st.sampled_from(["", "", "retarget", "push back"]), open_again=st.booleans())
    @precondition(lambda self: not self.truth.open and self.truth.state is not State.MERGED)
    def move_while_it_cannot_be_merged(self, also: str, *, open_again: bool) -> None:
        if also == "retarget":
            self.truth.base = self._other_base()
        elif also == "push back":
            self.truth.head = self._earlier(1)
        if open_again or not also:
            self.truth.draft, self.truth.state = False, State.OPEN
        self._happened(heard=True)

    @rule(
        who=REVIEWER,
        state=st.sampled_from([ReviewState.APPROVED, ReviewState.APPROVED, *ReviewState]),
        ago=AGO,
        account=st.sampled_from(["own", "own", "own", "recycled", "of a bot"]),
        heard=HEARD,
    )
    def review_on_the_forge(
        self, who: str, state: ReviewState, ago: int, account: str, *, heard: bool
    ) -> None:
        self.count += 1
        number, sha = str(self.count), self._earlier(ago).sha
        accounts: dict[str, Account] = {
            "recycled": an_account(who, id="id-of-another"),
            "of a bot": an_account(who, bot=True),
        }
        theirs = accounts.get(account, an_account(who))
        self.truth.leaves(
            on_the_forge(
                who,
                state,
                sha=sha,
                base=self.truth.base,
                id=number,
                at=self.truth.now,
                account=theirs,
            )
        )
        if account == "own":
            self.requested.discard(who)
            if state in {ReviewState.APPROVED, ReviewState.CHANGES_REQUESTED}:
                said = state is ReviewState.APPROVED
                self.oracle.hears_on_the_forge(self.truth, who, number, sha=sha, approves=said)
                if not heard:
                    self.oracle.doubts(who)
            elif state is ReviewState.DISMISSED:
                self.oracle.words.pop(who, None)
        self._happened(heard=heard)

    @rule(some=SOME, heard=HEARD)
    def some_approve_on_the_forge(self, some: str, *, heard: bool) -> None:
        for who in self._without_objectors(some):
            self.review_on_the_forge(who, ReviewState.APPROVED, 0, "own", heard=heard)

    @rule(ago=st.integers(1, 3), heard=HEARD)
    @precondition(lambda self: self.truth.reviews)
    def dismiss(self, ago: int, *, heard: bool) -> None:
        number = list(self.truth.reviews)[-min(ago, len(self.truth.reviews))]
        if self.truth.reviews[number].state is ReviewState.COMMENTED:
            return
        self.truth.dismisses(number)
        self.oracle.hears_of_dismissal(number)
        self._happened(heard=heard)

    # What people do in Slack.

    @rule(some=SOME, card=CARD)
    def approve(self, some: str, card: str) -> None:
        head, base = self.truth.head.sha, self.truth.base
        if card == "of an earlier head":
            head = self._earlier(1).sha
        if card == "of another base":
            base = self._other_base()
        home = card != "from another workspace"
        for who in self._without_objectors(some):
            self.oracle.looks(self.truth)
            if home and self.oracle.takes(self.truth, who, (head, base)):
                self.oracle.hears_in_slack(self.truth, who, approves=True)
            self._decide(approves(who, head=head, base=base, home=home))

    @rule(who=ANYBODY, ago=AGO)
    def request_changes(self, who: str, ago: int) -> None:
        if self.oracle.takes_objection(self.truth, who):
            self.oracle.hears_in_slack(self.truth, who, approves=False)
        self._decide(objects(who, head=self._earlier(ago).sha, base=self.truth.base))

    @rule(which=st.integers(0, 2))
    @precondition(lambda self: self.review is not None and self.review.waiting)
    def decline(self, which: int) -> None:
        assert self.review is not None
        asked = self.review.waiting[which % len(self.review.waiting)].person
        event: ReviewDeclined = declines(asked, head=self.truth.head.sha, base=self.truth.base)
        self._decide(event)
        assert self.review is not None
        states = {ask.state for ask in self.review.asks if ask.person == asked}
        if AskState.DECLINED in states:
            self.declined.add(asked)

    # What happens to people and policy.

    @rule(what=st.sampled_from(["policy", "people", "Slack", "name"]), who=REVIEWER, house=HOUSE)
    def change_around_it(self, what: str, who: str, house: str) -> None:
        match what:
            case "policy":
                self.truth.house = HOUSES[house]
            case "people":  # somebody leaves, or comes back
                self.truth.inactive ^= {who}
            case "Slack":  # somebody becomes a guest, or a member again
                self.truth.guests ^= {who}
            case _:  # the author renames their account on the forge
                self.truth.renamed = not self.truth.renamed
        self._happened(heard=True)

    # Time, and deliveries that come late.

    @rule(hours=st.sampled_from([0, 0, 1, 8, 30]))
    def wait(self, hours: int) -> None:
        """Some hours, or until the next deadline."""
        deadline = self.review.next_due if self.review is not None and not hours else None
        self.truth.now = max(self.truth.now + timedelta(hours=hours), deadline or self.truth.now)
        self._decide(due(deadline or self.truth.now))

    @rule(ago=st.integers(0, 2))
    def hear_something_late(self, ago: int) -> None:
        self._hear(self._earlier(ago).sha, self._other_base() if ago else self.truth.base)

    # What Countersign does with it.

    def _without_objectors(self, some: str) -> list[str]:
        """These people, and whoever objected, so that the gate depends on these alone."""
        objected = {who for who, word in self.oracle.words.items() if not word.approves}
        return sorted(objected | set(some.split()))

    def _earlier(self, ago: int) -> Head:
        """The head as it is, or one that stood so many pushes ago."""
        heads = self.truth.heads
        return self.truth.head if not ago else heads[-1 - min(ago, len(heads) - 1)]

    def _other_base(self) -> str:
        return next(one for one in BASES if one != self.truth.base)

    def _happened(self, *, heard: bool) -> None:
        """Something changed on the forge; the delivery says what, unless it is lost."""
        self.looked = False
        if heard:
            self._hear(self.truth.head.sha, self.truth.base)

    def _hear(self, head: str, base: str) -> None:
        event = touched(head, base)
        if self.review is not None:
            shut = close_early(self.review, event)
            if shut is not None:
                assert GateState.SUCCESS not in {gate.state for gate in _gates(shut)}
                self._keep(shut)
        self._decide(event)

    def _decide(self, event: DecidingEvent) -> None:
        self.truth.now += timedelta(minutes=1)
        facts, policy = self.truth.facts(), self.truth.house.policy
        decision = advance(self.review, event, facts, policy, self.truth.now)
        assert EVENT.validate_json(EVENT.dump_json(event)) == event
        self.oracle.looks(self.truth)
        self.looked = True
        self._keep(decision)

    def _keep(self, decision: Decision) -> None:
        self.review = decision.review
        assert REVIEW.validate_json(REVIEW.dump_json(self.review)) == self.review
        for effect in decision.effects:
            assert EFFECT.validate_json(EFFECT.dump_json(effect)) == effect
            if isinstance(effect, RequestReviewers):
                self.requested |= set(effect.logins)
            elif isinstance(effect, WithdrawReviewers):
                self.requested -= set(effect.logins)
            elif isinstance(effect, SetGate):
                assert len(effect.description) <= GATE_LIMIT
                assert effect.state is not GateState.SUCCESS or self.review.satisfied
                self.statuses[effect.sha] = effect

    # What must be true after every step.

    @invariant()
    def no_gate_is_open_without_the_approvals_that_are_asked_for(self) -> None:
        status = self.statuses.get(self.truth.head.sha)
        if not self.looked or self.truth.state is not State.OPEN or status is None:
            return
        assert status.base_branch == self.truth.base
        if status.state is GateState.SUCCESS:
            assert self.oracle.may_pass(self.truth) is None

    @invariant()
    def where_all_approvals_are_there_the_gate_is_open(self) -> None:
        if self.looked and self.oracle.must_pass(self.truth):
            assert self.statuses[self.truth.head.sha].state is GateState.SUCCESS

    @invariant()
    def no_head_that_was_left_is_open(self) -> None:
        if self.looked and self.truth.state is State.OPEN:
            open_ones = {
                sha for sha, gate in self.statuses.items() if gate.state is GateState.SUCCESS
            }
            assert open_ones <= {self.truth.head.sha}

    @invariant()
    def a_second_look_finds_nothing_to_do(self) -> None:
        if self.looked and self.review is not None:
            truth = self.truth
            again = advance(self.review, touched(), truth.facts(), truth.house.policy, truth.now)
            assert (again.effects, again.trail) == ((), ())
            assert again.review == self.review

    @invariant()
    def only_people_who_may_approve_are_asked_and_nobody_who_declined(self) -> None:
        if self.review is None or not self.looked:
            return
        waiting = [ask.person for ask in self.review.waiting]
        assert not set(waiting) & self.declined
        assert not waiting or self.truth.open
        assert all(self.truth.may_approve(who) for who in waiting)
        asked = [ask.person for ask in self.review.asks]
        assert len(asked) == len(set(asked))

    @invariant()
    def whoever_is_asked_is_asked_on_the_forge_unless_they_spoke_there(self) -> None:
        if self.review is not None:
            spoke = {review.account.login for review in self.truth.reviews.values()}
            assert {ask.person for ask in self.review.waiting} <= self.requested | spoke

    @invariant()
    def everybody_is_accounted_for(self) -> None:
        if self.review is None or not self.looked or self.truth.state is not State.OPEN:
            return
        could = {one.person for one in self.review.candidates}
        out = {one.person for one in self.review.exclusions}
        approved = {one.person for one in self.review.approvals}
        assert could | out | approved == set(NAMES)
        assert {AUTHOR, *BOTS, *self.declined} - approved <= out
        assert not could & out


def _gates(decision: Decision) -> list[SetGate]:
    return [effect for effect in decision.effects if isinstance(effect, SetGate)]


TestMergeRequestLife = MergeRequestLife.TestCase
