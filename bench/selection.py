"""How fast a decision finds whom to ask, as the organisation and its history grow.

Run it with `python -m bench.selection`. What matters are the ratios: ten times the people may not
cost ten times the time, since only those who know most are looked at. Times are of the processor,
the median of the turns.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import process_time

import click

from routing.choosing.selection import select
from routing.events import MergeRequestTouched
from routing.facts import Facts, History
from routing.files.policy_file import parse_policy
from routing.knowledge.expertise import measure_expertise
from routing.model import (
    Account,
    Change,
    ChangedFile,
    Commit,
    MergeRequest,
    PastChange,
    Ref,
    Signature,
    State,
)
from routing.people import People, Person
from routing.policy import Policy
from routing.ranking.ranker import Ranker, Weighed
from routing.ranking.terms import OpenChange
from routing.ranking.weights import RANKED
from routing.review import advance
from routing.situation import survey

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
ACTIVE = 300
"""So many people write and review; the rest of the organisation works elsewhere."""

POLICY = """\
version: 1
domains: {payments: {paths: ["team1/**"], critical: true}, web: {paths: ["team2/**"]}}
rules:
  - name: senior
    when: {domains: critical}
    require:
      all:
        - {approvals: 1, from: {min_tenure: 5y}}
        - {approvals: 1, from: {min_expertise: proficient}}
  - name: experts
    when: {domains: [web]}
    require: {approvals: 1, from: {min_expertise: expert}}
  - {name: everything, require: {approvals: 1, from: {anyone: true}}}
"""


@click.command()
@click.option("--changes", default=50_000, show_default=True, help="Of the history.")
@click.option("--turns", default=15, show_default=True)
def main(changes: int, turns: int) -> None:
    """Print milliseconds and ratios."""
    past = _past(changes)
    ranker = Ranker()
    observing = _timed(lambda: [ranker.observe(one) for one in past], 1)
    opened = OpenChange("x", "p1", (), tuple((path, 9, 1) for path in _PATHS))
    click.echo(f"observe: {observing / changes:.3f} ms each of {changes} changes")
    rank = _timed(lambda: ranker.weigh(opened, NOW).rank(RANKED), 5 * turns)
    weighed = ranker.weigh(opened, NOW)
    click.echo(f"rank {len(weighed.candidates)} candidates, ten explained: {rank:.2f} ms")
    near = [one for one in past[-20_000:] if any(file[0] in _PATHS for file in one.files)]
    history = _history(near, weighed)
    policy = parse_policy(POLICY, "policy.yml", None)
    first: dict[str, float] = {}
    for people in (100, 1_000, 10_000):
        facts = _facts(people, history)
        times = {
            "select": _timed(lambda facts=facts: _select(facts, policy), turns),
            "advance": _timed(lambda facts=facts: _advance(facts, policy), turns),
        }
        for name, took in times.items():
            ratio = took / first.setdefault(name, took)
            click.echo(f"{name} with {people:6} people: {took:6.2f} ms, {ratio:.1f} times as long")


_PATHS = ("team1/dir1/file1.py", "team1/dir1/file2.py", "team2/dir3/file4.py")


def _past(changes: int) -> list[PastChange]:
    chance = random.Random(5)  # noqa: S311 - a sample
    found = []
    for number in range(changes):
        team = chance.randrange(12)
        members = [f"p{team * ACTIVE // 12 + one}" for one in chance.sample(range(25), 3)]
        files = {
            (f"team{team}/dir{chance.randrange(8)}/file{chance.randrange(9)}.py", 9, 1)
            for _ in range(chance.randrange(1, 6))
        }
        at = NOW - timedelta(days=700 * (changes - number) / changes)
        found.append(
            PastChange(f"c{number}", at, (members[0],), tuple(members[1:]), tuple(sorted(files)))
        )
    return found


def _history(near: list[PastChange], weighed: Weighed) -> History:
    whole = measure_expertise(near, _PATHS, NOW)
    domains = {"payments": measure_expertise(near, _PATHS[:2], NOW)}
    domains["web"] = measure_expertise(near, _PATHS[2:], NOW)
    return History(whole, domains, changes_known=len(near), weighed=weighed)


def _facts(count: int, history: History) -> Facts:
    people = People(tuple(_person(number) for number in range(count)))
    author = Account("github", "1", "p1")
    request = MergeRequest(
        Ref("github", "acme/shop", 7), "42", "Round tax", "", author, State.OPEN, False,
        "1" * 40, "tax", "main", "2" * 40, "https://github.example/acme/shop/pull/7", NOW,
    )  # fmt: skip
    signed = Signature("P1", "p1@example.com", NOW, author)
    commit = Commit("1" * 40, signed, signed, "Round tax")
    files = tuple(ChangedFile(path, 9, 1, patch="@@ -1 +1 @@\n-a\n+b") for path in _PATHS)
    loads = {f"p{number}": number % 5 / 2 for number in range(count)}
    return Facts(Change(request, files, (commit,)), people, history, loads=loads)


def _person(number: int) -> Person:
    zone = ("Europe/Berlin", "America/New_York", "Asia/Tokyo")[number % 3]
    return Person(
        f"p{number}",
        f"Person {number}",
        f"U{number}",
        {"github": f"p{number}"},
        (f"p{number}@example.com",),
        date(2010 + number % 16, 3, 1),
        timezone=zone,
    )


def _select(facts: Facts, policy: Policy) -> object:
    situation = survey(facts, policy, NOW)
    return select(situation.field(), situation.applied, (), ())


def _advance(facts: Facts, policy: Policy) -> object:
    # As after every gathering of facts: nothing that was found before is known any more.
    fresh = replace(facts, people=People(facts.people.everyone))
    return advance(None, MergeRequestTouched(facts.change.merge_request.ref), fresh, policy, NOW)


def _timed(work: Callable[[], object], turns: int) -> float:
    """The median milliseconds of the processor."""
    times = []
    for _ in range(turns):
        began = process_time()
        work()
        times.append(1000 * (process_time() - began))
    return median(times)


if __name__ == "__main__":
    main()
