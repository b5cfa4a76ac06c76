"""What follows when a review goes from one state to the next: effects and ledger entries.

Everything people are told of a change of state is found here, by comparing before with after,
so that no path through the state machine can forget it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from hashlib import sha256

from routing import merge_queue, showing
from routing.effects import (
    Effect,
    GateState,
    PostComment,
    RequestReviewers,
    SetGate,
    TellChannel,
    TellPerson,
    TellThread,
    Topic,
    WithdrawReviewers,
)
from routing.explain import given_for_something_else
from routing.forge_words import words_of
from routing.model import State
from routing.people import People
from routing.phrases import listed
from routing.record import Ask, Doing, Opinion, Review, Stance, Via
from routing.requesting import requested
from routing.rules.approvals import VerdictState
from routing.rules.qualification import Exclusion
from routing.trail import Entry, bound_to, merged_entry


def effects(
    before: Review | None, after: Review, people: People, given: Collection[str] = ()
) -> tuple[Effect, ...]:
    """What must be done to bring the world from `before` to `after`.

    `given` are those who are asked because somebody said so: that stands in the thread already.
    """
    return (
        *_gate(before, after),
        *merge_queue.gates(before, after),
        *_told(before, after, people),
        *_asked(before, after, given),
        *_question(before, after, people),
        *_kept_trailer(before, after),
        *showing.card(before, after),
    )


def trail(before: Review | None, after: Review) -> Iterator[Entry]:
    """What the ledger is told of the way from `before` to `after`."""
    if before is None:
        yield Entry(
            "opened",
            {
                "title": after.title,
                "author": after.author_person or after.author,
                "binding": bound_to(after.binding),
            },
        )
    elif before.binding != after.binding:
        yield Entry(
            "changed", {"was": bound_to(before.binding), "binding": bound_to(after.binding)}
        )
    for opinion in lapsed(before, after):
        yield Entry("lapsed", {"person": opinion.person, "binding": bound_to(opinion.binding)})
    for exclusion in _newly_void(before, after):
        yield Entry("not_counted", {"person": exclusion.person, "reason": exclusion.sentence})
    for opinion in _new_on_forge(before, after):
        yield Entry(
            opinion.stance.value,
            {"person": opinion.person, "via": "forge", "binding": bound_to(opinion.binding)},
        )
    if before is not None and before.state != after.state:
        yield _ended(after)


def _ended(after: Review) -> Entry:
    if after.state is State.MERGED:
        return merged_entry(after)
    return Entry(after.state.value, {"head_sha": after.binding.head_sha})


def lapsed(before: Review | None, after: Review) -> tuple[Opinion, ...]:
    """Approvals that counted before and no longer do."""
    if before is None:
        return ()
    counting = {one.person for one in after.approvals}
    return tuple(one for one in before.approvals if one.person not in counting)


def _new_on_forge(before: Review | None, after: Review) -> Iterator[Opinion]:
    known = frozenset(before.opinions) if before is not None else frozenset[Opinion]()
    return (one for one in after.opinions if one.via is Via.FORGE and one not in known)


def _newly_void(before: Review | None, after: Review) -> Iterator[Exclusion]:
    known = frozenset(before.void) if before is not None else frozenset[Exclusion]()
    return (one for one in after.void if one not in known)


def _gate(before: Review | None, after: Review) -> Iterator[Effect]:
    if after.gate is not None and (before is None or before.gate != after.gate):
        yield after.gate
    if before is not None and after.gate is not None:
        yield from left_behind(before.opened, after.gate)


def left_behind(opened: Iterable[str], now: SetGate) -> Iterator[SetGate]:
    """Shut the gates of heads that are left: somebody may push back to one of them one day."""
    for sha in opened:
        if sha != now.sha:
            said = f"left behind: the head is {now.sha[:8]} by now"
            yield SetGate(now.ref, sha, now.base_branch, GateState.PENDING, said)


def _told(before: Review | None, after: Review, people: People) -> Iterator[Effect]:
    was = {ask.person: ask for ask in before.waiting} if before is not None else {}
    now = {ask.person: ask for ask in after.waiting}
    came = [ask for who, ask in now.items() if who not in was]
    went = [ask for who, ask in was.items() if who not in now]
    yield from _on_the_forge(before or after, after, came, went, people)
    gone = {one.person: one for one in lapsed(before, after)}
    for opinion in gone.values():
        yield TellThread(
            after.ref,
            f"{after.name(opinion.person)}'s approval of {opinion.binding.head_sha[:8]} no longer "
            f"counts: {_what_changed(opinion, after)}.",
        )
    for opinion in _new_on_forge(before, after):
        said = "approved" if opinion.stance is Stance.APPROVES else "asked for changes to"
        short = opinion.binding.head_sha[:8]
        text = f"{after.name(opinion.person)} {said} {short} on {words_of(after.ref.forge).forge}"
        problem = given_for_something_else(opinion.binding, after.binding)
        if opinion.stance is Stance.APPROVES and problem is not None:
            text = f"{text}. That does not count: {problem}"
        yield TellThread(after.ref, f"{text}.")
    for exclusion in _newly_void(before, after):
        yield TellThread(after.ref, f"An approval does not count: {exclusion.sentence}.")
    for ask in came:
        if ask.doing is Doing.ON_IT:  # nobody is told what they said themselves
            continue
        if ask.person in gone:
            text = f"Please look again: {_what_changed(gone[ask.person], after)}."
            yield TellPerson(after.ref, ask.person, Topic.APPROVAL_LAPSED, text)
        else:
            merged = "Merged under an override, it is to be reviewed yet. "
            text = f"{merged if after.wants_follow_up else ''}Why you: {ask.why}."
            yield TellPerson(after.ref, ask.person, Topic.YOUR_TURN, text)
    reader = after.shadow
    if reader is not None and after.is_open and (before is None or before.shadow != reader):
        text = "You may read along to learn this code. Nothing waits for you."
        yield TellPerson(after.ref, reader, Topic.READ_ALONG, text)
    yield from _author_news(before, after)
    yield from _stuck_news(before, after)
    yield from _rules_refused(before, after)
    if before is not None and before.state != after.state:
        yield TellThread(after.ref, _ending(after))


def _asked(before: Review | None, after: Review, given: Collection[str]) -> Iterator[Effect]:
    """Who was chosen since the card was posted, which names the first ones itself."""
    if before is None or before.card is None:
        return
    known = {*(ask.person for ask in before.waiting), *given}
    earlier = {ask.person for ask in before.asks}
    names = [
        f"{after.name(ask.person)}{' again' if ask.person in earlier else ''}"
        for ask in after.waiting
        if ask.person not in known
    ]
    if names:
        yield TellThread(after.ref, f"Asked: {listed(names, len(names))}.")


def _on_the_forge(
    before: Review, after: Review, came: Iterable[Ask], went: Iterable[Ask], people: People
) -> Iterator[Effect]:
    """Requests for review; the forge itself drops the request of whoever reviewed there.

    Withdrawn first: where a forge takes one reviewer only, the place has to be free.
    """
    if after.state is not State.OPEN:
        return
    spoke = {one.person for one in after.opinions if one.via is Via.FORGE}
    back = requested((ask for ask in went if ask.person not in spoke), before, people)
    if back:
        yield WithdrawReviewers(after.ref, tuple(back.values()))
    asked = requested(came, after, people)
    if asked:
        yield RequestReviewers(after.ref, tuple(asked.values()))


def _question(before: Review | None, after: Review, people: People) -> Iterator[Effect]:
    """Ask the author whether AI helped, once; on the forge where Slack does not reach them."""
    asked = before is not None and before.is_open and before.assessment.undeclared
    if asked or not (after.is_open and after.assessment.undeclared):
        return
    wants = f"{after.binding.base_branch} takes nothing without the author's word whether AI helped"
    author = people.by_id.get(after.author_person or "")
    if author is not None and author.slack is not None:
        yield TellPerson(after.ref, author.id, Topic.DECLARATION, f"Did AI help? {wants}.")
    else:
        lead = f"Did AI help to write this? {wants}: say so with a box of the description."
        yield PostComment(after.ref, "declaration", lead, "")


def _kept_trailer(before: Review | None, after: Review) -> Iterator[Effect]:
    """Offer the organisation's trailer for the merge commit: a squash erases the branch's marks."""
    had = before.kept_trailer if before is not None else ()
    if after.state is not State.OPEN:
        return
    if after.satisfied and after.kept_trailer and not (before and before.satisfied and had):
        text = "\n".join(after.kept_trailer)
        yield PostComment(
            after.ref,
            "trailer",
            "AI had a hand in this. Keep it on record: end the merge commit's message with",
            text,
        )


def _author_news(before: Review | None, after: Review) -> Iterator[Effect]:
    followed_up = before is not None and before.wants_follow_up
    if after.author_person is None or not (after.is_open or followed_up):
        return
    was = before.verdict.state if before is not None else VerdictState.PENDING
    now = after.verdict.state
    blocks = before.verdict.blocks if before is not None else ()
    if now is VerdictState.SATISFIED and was is not now:
        text = "Everything that was asked for is there: it can be merged."
        if after.state is State.MERGED:
            text = "It was merged under an override, and has all its signatures by now."
    elif now is VerdictState.BLOCKED and after.verdict.blocks != blocks:
        text = f"{_cannot(after)}: {'; '.join(_blocks_explained(after))}."
    else:
        return
    yield TellPerson(after.ref, after.author_person, Topic.AUTHOR_NEWS, text)


def _blocks_explained(review: Review) -> Iterator[str]:
    """What keeps it from passing, with who comes nearest where nobody can sign."""
    for block in review.verdict.blocks:
        yield next((said for said in review.verdict.stuck if said.startswith(block)), block)


def _stuck_news(before: Review | None, after: Review) -> Iterator[Effect]:
    """The channel hears at once of what nobody can sign: only people or the policy can help."""
    known = before.verdict.blocks if before is not None and before.is_open else ()
    fresh = [said for said in after.verdict.stuck if not said.startswith(known)]
    if fresh and after.is_open and after.channel:
        yield TellChannel(after.ref, after.channel, f"{_cannot(after)}: {'; '.join(fresh)}.")


def _cannot(review: Review) -> str:
    if review.state is State.OPEN:
        return "It cannot pass as it is"
    return "The review after the override cannot be completed as it is"


def _rules_refused(before: Review | None, after: Review) -> Iterator[Effect]:
    """What is wrong with the repository's own rules is said where its authors look."""
    if after.is_open and after.problems and (before is None or before.problems != after.problems):
        said = "\n".join(after.problems)
        key = f"rules-{sha256(said.encode()).hexdigest()[:12]}"
        lead = "Nothing can pass here until the rules on the base branch are put right:"
        yield PostComment(after.ref, key, lead, said)


def _what_changed(opinion: Opinion, after: Review) -> str:
    was, now = opinion.binding, after.binding
    if was.head_sha != now.head_sha:
        return f"{now.head_sha[:8]} was pushed"
    if was.base_branch != now.base_branch:
        return f"it was retargeted from {was.base_branch} to {now.base_branch}"
    if was.policy_hash != now.policy_hash:
        return "the policy changed"
    void = next((one for one in after.void if one.person == opinion.person), None)
    return void.sentence if void is not None else "it was taken back"


def _ending(after: Review) -> str:
    match after.state:
        case State.OPEN:
            return "Reopened."
        case State.MERGED:
            return "Merged."
        case State.CLOSED:
            return "Closed without merging."
