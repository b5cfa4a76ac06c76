"""The states a merge request can be in, each reached by what people do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from routing.model import State
from tests.builders import a_rule, approves, facts, objects, one, policy, seniors
from tests.routing.desk import Desk


def pending() -> Desk:
    desk = Desk(facts(), policy(a_rule(one(people=("dana", "omar")), branch=("main", "next"))))
    desk.take()
    return desk


def approved() -> Desk:
    desk = pending()
    desk.take(approves("omar"))
    return desk


def objected() -> Desk:
    desk = pending()
    desk.take(objects("omar"))
    return desk


def draft() -> Desk:
    desk = pending()
    desk.becomes(draft=True)
    return desk


def closed() -> Desk:
    desk = pending()
    desk.becomes(state=State.CLOSED)
    return desk


def merged() -> Desk:
    desk = approved()
    desk.becomes(state=State.MERGED)
    return desk


def nobody_could() -> Desk:
    desk = Desk(facts(), policy(seniors()))
    desk.take()
    return desk


def no_rule() -> Desk:
    desk = Desk(facts(), policy(a_rule(branch=("release",))))
    desk.take()
    return desk


STATES: Mapping[str, Callable[[], Desk]] = {
    "never seen": Desk,
    "pending": pending,
    "approved": approved,
    "objected": objected,
    "draft": draft,
    "closed": closed,
    "merged": merged,
    "nobody could": nobody_could,
    "no rule": no_rule,
}
