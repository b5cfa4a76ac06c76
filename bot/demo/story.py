"""The story that `countersign demo --once` tells: three changes, told message by message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.demo.repository import DOCS, NAMES, PAYMENTS, WEB, Commit
from bot.demo.stage import Stage, slack_id
from bot.ledger_lines import render_entry
from bot.playground.nouns import BOT_USER_ID, Message
from routing.forge_words import short_name, words_of
from routing.model import Ref, ReviewState, State

TUESDAY_TEN = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
"""A Tuesday at ten in the morning, where the story's people work."""

Say = Callable[[str], None]

BACKOFF = """\
import random

ATTEMPTS = 5
FIRST_WAIT = 0.2


def refund_with_retry(bank, refund):
    for attempt in range(ATTEMPTS):
        try:
            return bank.refund(refund.id, refund.amount)
        except bank.Timeout:
            wait = FIRST_WAIT * 2**attempt
            bank.sleep(wait + random.random() * wait)
    raise bank.Timeout(f"refund {refund.id} gave no answer")
"""
IDEMPOTENT = BACKOFF.replace("refund.amount)", "refund.amount, key=refund.key)")

ROUND = """\
export function round(cents: number): number {
  return Math.round(cents / 5) * 5;
}
"""

AI_COMMIT = """\
Retry refunds when the bank times out

Co-Authored-By: Claude <noreply@anthropic.com>
"""


class Teller:
    """Tells what happens, and after each step every message that is new or has changed."""

    def __init__(self, stage: Stage, say: Say) -> None:
        self._stage = stage
        self._say = say
        self._seen: dict[tuple[str, str], str] = {}

    @property
    def forge(self) -> str:
        """Where the story's repository is."""
        return words_of(self._stage.forge.name).forge

    def chapter(self, title: str) -> None:
        """Begin a new part."""
        self._say(f"\n━━ {title} {'━' * max(0, 76 - len(title))}")

    def does(self, what: str) -> None:
        """Say what a person does, and then what came of it."""
        self._say(f"\n▶ {what}")

    def show(self) -> None:
        """Everything people see that they did not see before."""
        for message in self._stage.messages():
            key, text = (message.channel, message.ts), self._stage.text(message)
            before = self._seen.get(key)
            if before == text or message.user != BOT_USER_ID:
                continue
            self._seen[key] = text
            verb = "posts" if before is None else "edits"
            self._say(f"\n  Countersign {verb} {self._where(message)}:")
            for line in text.splitlines():
                self._say(f"  │ {line}")

    def gate(self, ref: Ref) -> None:
        """What the forge shows beside the merge button."""
        state = self._stage.forge.gate(ref)
        said = self._stage.forge.gate_description(ref)
        self._say(f"\n  Gate of {short_name(ref)}: {state} — {said}")

    def _where(self, message: Message) -> str:
        people = {slack_id(who): name for who, name in NAMES.items()}
        if message.only_for:
            return f"what only {people[message.only_for]} sees"
        channel = self._stage.slack.workspace.channel(message.channel)
        if channel.im_with:
            return f"to {people[channel.im_with]}"
        return f"{'a reply ' if message.is_reply else ''}in #{channel.name}"


async def tell(stage: Stage, say: Say) -> None:
    """Play the whole story."""
    teller = Teller(stage, say)
    await _ai_in_payments(stage, teller)
    await _harmless(stage, teller)
    await _own_change(stage, teller)
    teller.chapter("The ledger: what happened, each entry sealed onto the one before")
    entries = await stage.storage.run(lambda rooms: list(rooms.ledger.entries()))
    for entry in entries:
        say(render_entry(entry))
    faults = await stage.storage.run(lambda rooms: list(rooms.ledger.faults()))
    say(f"\n{len(entries)} entries; {'; '.join(faults) or 'the chain holds'}.")
    states = [one.state for one in stage.forge.requests()]
    say(f"{states.count(State.MERGED)} of {len(states)} changes merged.")


async def _ai_in_payments(stage: Stage, teller: Teller) -> None:
    teller.chapter("1. AI wrote into the payments code")
    teller.does("Ana opens a change that Claude Code helped her to write.")
    path = f"{PAYMENTS}/retry.py"
    now = stage.clock.now()
    ref = await stage.opens(
        "ana",
        "retry-refunds",
        Commit("ana", now, AI_COMMIT, {path: BACKOFF}),
        "Retry refunds when the bank times out",
    )
    card = stage.card(ref)
    teller.show()
    teller.gate(ref)
    await stage.clicks("ana", card, "approve")
    teller.does("Ana tries to approve it herself.")
    teller.show()
    await stage.clicks("kim", card, "approve")
    teller.does("Kim approves: a year here, at home in the web code. One rule takes that.")
    teller.show()
    await stage.clicks("omar", card, "approve")
    teller.does("Omar approves: three years here, but the one who knows this code.")
    teller.show()
    teller.gate(ref)
    await stage.clicks("dana", card, "request_changes")
    blank = await stage.submits("dana", comment="   ")
    await stage.submits("dana", comment="Two refunds after a timeout? Send the refund's key along.")
    teller.does(f"Dana asks for changes (sent empty first, the dialog says: {_said(blank)})")
    teller.show()
    teller.gate(ref)
    await stage.pass_time(timedelta(minutes=40))
    await stage.pushes(
        ref, Commit("ana", stage.clock.now(), "Send the key along", {path: IDEMPOTENT})
    )
    teller.does("Ana pushes a fix. What was approved is not what stands there now.")
    teller.show()
    teller.gate(ref)
    await stage.clicks("omar", stage.card(ref), "approve")
    await stage.reviews("dana", ref, ReviewState.APPROVED)
    teller.does(f"Omar approves again in Slack, and Dana on {teller.forge}.")
    teller.show()
    teller.gate(ref)
    await stage.ends(ref, State.MERGED)
    teller.does("Ana merges.")
    teller.show()


async def _harmless(stage: Stage, teller: Teller) -> None:
    teller.chapter("2. A harmless one")
    commit = Commit(
        "kim",
        stage.clock.now(),
        "Say when parcels leave",
        {f"{DOCS}/parcels.md": "Parcels leave at noon.\n"},
    )
    ref = await stage.opens("kim", "parcels", commit, "Say when parcels leave")
    teller.does("Kim opens a change of one page of documentation.")
    teller.show()
    asked = stage.asked(ref)
    await stage.clicks(asked, stage.card(ref), "approve")
    await stage.ends(ref, State.MERGED)
    teller.does(f"{NAMES[asked]} approves, Kim merges.")
    teller.show()


async def _own_change(stage: Stage, teller: Teller) -> None:
    teller.chapter("3. Nobody has time")
    commit = Commit(
        "grace", stage.clock.now(), "Round prices in the cart", {f"{WEB}/round.ts": ROUND}
    )
    ref = await stage.opens("grace", "round-prices", commit, "Round prices in the cart")
    teller.does("Grace opens a change of the cart.")
    teller.show()
    await stage.reviews("grace", ref, ReviewState.APPROVED)
    teller.does(f"Grace approves her own change on {teller.forge}.")
    teller.show()
    teller.gate(ref)
    first = stage.asked(ref)
    await stage.clicks(first, stage.card(ref), "decline")
    await stage.submits(first, reason="busy", note="on call this week")
    teller.does(f"{NAMES[first]} declines.")
    teller.show()
    await stage.pass_time(timedelta(hours=4, minutes=5))
    teller.does("Four working hours pass.")
    teller.show()
    await stage.pass_time(_until_nine(stage.clock.now()))
    teller.does("The next morning at nine.")
    teller.show()
    await stage.commands(first, "status")
    teller.does(f"{NAMES[first]} types /review status.")
    teller.show()


def _until_nine(now: datetime) -> timedelta:
    """Until 09:00 in Berlin, which is 08:00 UTC in November."""
    morning = (now + timedelta(days=1)).replace(hour=8, minute=0, second=30, microsecond=0)
    return morning - now


def _said(errors: dict[str, str]) -> str:
    return " ".join(f"“{text}”" for text in errors.values())
