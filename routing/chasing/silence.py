"""Who has gone silent: asks in a row that somebody let pass, and what ends such a row."""

from __future__ import annotations

from collections.abc import Mapping

from routing.record import Ask, AskState, Doing, Review

TOO_MANY = 3
"""So many asks in a row without a word, and somebody counts as not available."""

SPOKE = frozenset({AskState.APPROVED, AskState.OBJECTED, AskState.DECLINED, AskState.HANDED_ON})

TOLD = (
    f"You let {TOO_MANY} requests in a row pass, so nobody asks you any more for now. "
    "Any click on a card, or `/review away off`, brings you back."
)


def heard_of(before: Review | None, after: Review) -> Mapping[str, bool]:
    """Who spoke (True) and who let an ask pass (False) on the way from `before` to `after`."""
    was = {ask.person: ask for ask in before.asks} if before is not None else {}
    heard: dict[str, bool] = {}
    for ask in after.asks:
        old = was.get(ask.person)
        if old == ask:
            continue
        if ask.state is AskState.REPLACED and (old is None or old.state is not AskState.REPLACED):
            heard[ask.person] = False
        elif _shows_life(old, ask):
            heard[ask.person] = True
    known = frozenset(before.opinions) if before is not None else frozenset()
    for opinion in after.opinions:
        if opinion not in known:
            heard[opinion.person] = True
    return heard


def _shows_life(old: Ask | None, ask: Ask) -> bool:
    if ask.state in SPOKE:
        return old is None or old.state is not ask.state
    awake = ask.doing is not Doing.ASKED and (old is None or old.active_at != ask.active_at)
    snoozed = ask.snoozed_until is not None and (
        old is None or old.snoozed_until != ask.snoozed_until
    )
    return awake or snoozed
