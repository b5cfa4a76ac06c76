"""A large organisation, invented: its people and teams, its repository, its policy and its past."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.policies import Rulebook
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
from routing.people import Person, Team
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

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
PROJECT = "acme/shop"
TEAMS, DOMAINS, PAST = 100, 60, 2_000
DECLARED = 400
"""So many people have declared a level somewhere, the first ones, who wrote the past as well."""
FOLDERS, FILES = 300, 60_000
"""Of the repository: every file lies in a folder of its own within one of the `FOLDERS`."""
PATCH = "@@ -1,2 +1,4 @@\n-old = 1\n-older = 2\n+new = 1\n+newer = 2\n+newest = 3\n+last = 4"


@dataclass(frozen=True, slots=True)
class Size:
    """How large: the files of a merge request, the rules of the policy, the people.

    `owned` says that CODEOWNERS name a team for every folder.
    """

    files: int
    rules: int
    people: int
    owned: bool = False

    def __str__(self) -> str:
        owned = ", CODEOWNERS" if self.owned else ""
        return f"{self.files:,} files, {self.rules} rules, {self.people:,} people{owned}"


def rulebook(size: Size) -> Rulebook:
    """The policy and the people in force."""
    dice = random.Random(7)  # noqa: S311 - the same invented organisation in every run
    return Rulebook(_policy(size.rules), _people(size.people, dice))


def past() -> Sequence[PastChange]:
    """What was merged in the past year."""
    dice = random.Random(8)  # noqa: S311 - the same
    return [
        PastChange(
            f"c{number}",
            NOW - timedelta(days=dice.uniform(1, 360)),
            (f"p{dice.randrange(DECLARED)}",),
            (f"p{dice.randrange(DECLARED)}",),
            tuple((_path(dice.randrange(FILES)), 9, 3) for _ in range(5)),
        )
        for number in range(PAST)
    ]


def codeowners() -> str:
    """A team for every folder."""
    lines = (f"/services/part-{n}/ @acme/team-{n % TEAMS}\n" for n in range(FOLDERS))
    return "".join(lines)


def change(number: int, files: int) -> Change:
    """The merge request of that number: each is of other files than those before it."""
    account = Account("github", "id-0", "login-0")
    signed = Signature("Person 0", "p0@example.com", NOW, account)
    sha = f"{number:040x}"
    request = MergeRequest(
        ref=Ref("github", PROJECT, number),
        project_id="42",
        title="Everything at once",
        body="",
        author=account,
        state=State.OPEN,
        draft=False,
        head_sha=sha,
        head_branch="feature",
        base_branch="main",
        base_sha="b" * 40,
        url=f"https://github.example/{PROJECT}/pull/{number}",
        opened_at=NOW,
    )
    first = number * files
    changed = (
        ChangedFile(_path((first + one) % FILES), 4, 2, patch=f"{PATCH} # {one}")
        for one in range(files)
    )
    return Change(request, tuple(changed), (Commit(sha, signed, signed, "Do it"),))


def _path(number: int) -> str:
    return f"services/part-{number % FOLDERS}/src/module-{number}/file_{number}.py"


def _people(count: int, dice: random.Random) -> tuple[Person, ...]:
    teams = [Team(f"team-{number}", {"github": f"acme/team-{number}"}) for number in range(TEAMS)]
    return tuple(
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


def _policy(rules: int) -> Policy:
    domains = tuple(
        Domain(f"domain-{number}", tuple(f"services/part-{number + step}/**" for step in (0, 60)))
        for number in range(DOMAINS)
    )
    return Policy(hash="bench", domains=domains, rules=_rules(rules), review=Asking("#reviews"))


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
