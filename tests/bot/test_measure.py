"""What the past says about a change: whose work it was, and how busy its files were."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.facts import measure
from routing.levels import Level
from routing.model import PastChange
from routing.policy import Domain
from tests.builders import NOW, a_change, a_file, a_person, a_team, policy

CHANGE = a_change(files=[a_file("payments/refund.py")])
TEAM = a_team(a_person("omar", emails=("omar@example.com", "omar@home.example")), a_person("dana"))


def past(days: int, path: str, author: str, reviewer: str = "mail:dana@example.com") -> PastChange:
    at = NOW - timedelta(days=days)
    return PastChange(f"{days}-{path}-{author}", at, (author,), (reviewer,), ((path, 1, 0),))


def test_writers_are_those_who_changed_these_very_files() -> None:
    changes = [
        past(9, "payments/refund.py", "mail:omar@example.com"),
        past(9, "payments/beside.py", "mail:somebody@example.com"),
    ]
    found = measure(changes, CHANGE, policy(), TEAM, NOW)
    assert found.writers == {"omar"}


def test_two_addresses_of_one_person_are_theirs_together() -> None:
    changes = [past(day, "payments/refund.py", "mail:omar@example.com") for day in (3, 4)]
    changes += [past(day, "payments/refund.py", "mail:omar@home.example") for day in (5, 6)]
    found = measure(changes, CHANGE, policy(), TEAM, NOW)
    assert found.whole["omar"].authored == 4


def test_what_was_changed_in_the_last_ninety_days_is_counted() -> None:
    days = (0, 1, 89, 90, 91)
    changes = [past(day, "payments/refund.py", "mail:omar@example.com") for day in days]
    changes.append(past(1, "payments/b.py", "mail:omar@example.com"))
    assert measure(changes, CHANGE, policy(), TEAM, NOW).lately == 3


def test_repairs_of_these_very_files_are_counted_among_them() -> None:
    changes = [past(day, "payments/refund.py", "mail:omar@example.com") for day in (1, 2, 95)]
    repairs = [replace(one, id=f"{one.id} mended", fix=True) for one in changes]
    found = measure([*changes, *repairs], CHANGE, policy(), TEAM, NOW)
    assert (found.lately, found.repairs) == (4, 2)


def test_each_touched_domain_is_measured_by_itself() -> None:
    rules = policy(domains=(Domain("payments", ("payments/**",)), Domain("web", ("web/**",))))
    changes = [past(day, "payments/refund.py", "mail:omar@example.com") for day in range(1, 9)]
    found = measure(changes, CHANGE, rules, TEAM, NOW)
    assert set(found.domains) == {"payments"}
    assert found.domains["payments"]["omar"].level is Level.EXPERT
