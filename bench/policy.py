"""How long one decision takes: 3,000 files against 200 rules and 10,000 people.

    python -m bench.policy

Prints the CPU time of `advance()` (median and 95th percentile) for a merge request of that size,
first seen and looked at again, and how it compares with a small merge request and with a tenth of
each. As in the bot, what was loaded at the start is no business of the garbage collector's; what a
decision leaves behind is. The names, people and paths are invented.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from bot.facts import measure
from routing.events import MergeRequestTouched
from routing.facts import Facts
from routing.levels import Level, RiskLevel
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
from routing.people import People, Person, Team
from routing.policy import (
    AllOf,
    AnyOf,
    Approvals,
    Asking,
    Domain,
    Policy,
    Qualification,
    Requirement,
    Rule,
    TenureSpan,
    When,
)
from routing.review import advance

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
RUNS = 60
SIZES = (
    (3_000, 200, 10_000),
    (300, 200, 10_000),
    (3_000, 20, 10_000),
    (3_000, 200, 1_000),
    (3, 5, 100),
)
"""Files, rules, people."""
TEAMS, DOMAINS, PAST = 100, 60, 2_000
DECLARED = 400
"""So many people have declared a level somewhere, the first ones, who wrote the past as well."""
FOLDERS = 300


def _people(count: int, dice: random.Random) -> People:
    teams = [Team(f"team-{number}", {"github": f"acme/team-{number}"}) for number in range(TEAMS)]
    return People(
        tuple(
            Person(
                id=f"p{number}",
                name=f"Person {number}",
                slack=f"U{number}",
                logins={"github": f"login-{number}"},
                emails=(f"p{number}@example.com",),
                started=date(2026, 1, 1) - timedelta(days=dice.randrange(4_000)),
                timezone=dice.choice(["UTC", "Europe/Berlin", "America/New_York"]),
                domains={f"domain-{dice.randrange(DOMAINS)}": Level.PROFICIENT}
                if number < DECLARED
                else {},
                teams=(dice.choice(teams),),
            )
            for number in range(count)
        )
    )


def _path(number: int) -> str:
    return f"services/part-{number % FOLDERS}/src/module-{number}/file_{number}.py"


def _change(count: int) -> Change:
    account = Account("github", "id-0", "login-0")
    signed = Signature("Person 0", "p0@example.com", NOW, account)
    request = MergeRequest(
        ref=Ref("github", "acme/shop", 7),
        project_id="42",
        title="Everything at once",
        body="",
        author=account,
        state=State.OPEN,
        draft=False,
        head_sha="1" * 40,
        head_branch="feature",
        base_branch="main",
        base_sha="b" * 40,
        url="https://github.example/acme/shop/pull/7",
        opened_at=NOW,
    )
    patch = "@@ -1,2 +1,4 @@\n-old = 1\n-older = 2\n+new = 1\n+newer = 2\n+newest = 3\n+last = 4"
    files = tuple(ChangedFile(_path(number), 4, 2, patch=patch) for number in range(count))
    return Change(request, files, (Commit("1" * 40, signed, signed, "Do it"),))


def _rules(count: int) -> tuple[Rule, ...]:
    """Rules of every kind; nine in ten look at paths of their own."""

    def when(number: int) -> When:
        paths = (f"services/part-{number}/**/*.py", f"**/file_{number}*.py", f"db/{number}/**")
        kinds = (
            When(paths=paths),
            When(paths=paths, min_risk=RiskLevel.HIGH),
            When(domains=(f"domain-{number % DOMAINS}",)),
            When(any_of=(When(paths=paths), When(labels=("risky",)))),
            When(not_=When(author_tenure=TenureSpan(less_than=6)), paths=paths),
        )
        return kinds[number % len(kinds)]

    def require(number: int) -> Requirement:
        team = Approvals(1, Qualification(teams=(f"team-{number % TEAMS}",)))
        senior = Approvals(1, Qualification(min_tenure=60))
        expert = Approvals(1, Qualification(min_expertise=Level.PROFICIENT, min_tenure=24))
        kinds = (senior, AnyOf((senior, expert)), AllOf((senior, expert)), team)
        return kinds[number % len(kinds)]

    return tuple(Rule(f"rule-{number}", when(number), require(number)) for number in range(count))


def _policy(rules: int) -> Policy:
    domains = tuple(
        Domain(f"domain-{number}", tuple(f"services/part-{number + step}/**" for step in (0, 60)))
        for number in range(DOMAINS)
    )
    return Policy(hash="bench", domains=domains, rules=_rules(rules), review=Asking("#reviews"))


def _facts(files: int, people: int, policy: Policy) -> Facts:
    dice = random.Random(7)  # noqa: S311 - the same invented past in every run
    staff, change = _people(people, dice), _change(files)
    past = [
        PastChange(
            f"c{number}",
            NOW - timedelta(days=dice.uniform(1, 360)),
            (f"p{dice.randrange(400)}",),
            (f"p{dice.randrange(400)}",),
            tuple((_path(dice.randrange(4_000)), 9, 3) for _ in range(5)),
        )
        for number in range(PAST)
    ]
    return Facts(change, staff, measure(past, change, policy, staff, NOW))


def _measured(work: Callable[[], object]) -> tuple[float, float]:
    """Median and 95th percentile of the CPU time, in milliseconds."""
    times: list[float] = []
    for _ in range(RUNS):
        begun = time.process_time()
        work()
        times.append(1_000 * (time.process_time() - begun))
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def _decide(files: int, rules: int, people: int) -> Sequence[tuple[str, float, float]]:
    policy = _policy(rules)
    facts = _facts(files, people, policy)
    event = MergeRequestTouched(facts.change.merge_request.ref)
    first = advance(None, event, facts, policy, NOW)
    gc.collect()
    gc.freeze()
    said = f"{files:,} files, {rules} rules, {people:,} people"
    return (
        (f"{said}, first seen", *_measured(lambda: advance(None, event, facts, policy, NOW))),
        (f"{said}, again", *_measured(lambda: advance(first.review, event, facts, policy, NOW))),
    )


def main() -> None:
    """Measure and print."""
    print(f"{'advance()':<50} {'median':>10} {'p95':>10} {'of the first':>13}")  # noqa: T201 - a bench prints
    whole: float | None = None
    for size in SIZES:
        for said, median, p95 in _decide(*size):
            whole = whole or median
            ratio = f"{median / whole:>12.2f}x"
            print(f"{said:<50} {median:>7.1f} ms {p95:>7.1f} ms {ratio}", flush=True)  # noqa: T201 - a bench prints


if __name__ == "__main__":
    main()
