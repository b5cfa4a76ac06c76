"""A guard of the gate, the way in which it is broken, and the tests that have to notice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

RULES = (
    "tests/routing/test_identities.py",
    "tests/routing/answering/test_opinions.py",
    "tests/routing/rules/test_conditions.py",
    "tests/routing/rules/test_requirements.py",
    "tests/routing/test_review.py",
    "tests/routing/test_review_memory.py",
    "tests/routing/files/test_policy_signals.py",
    "tests/routing/test_risk.py",
    "tests/routing/test_state_machine.py",
)
FACTS = ("tests/bot/test_facts.py", "tests/bot/test_policies.py", "tests/test_whole_path.py")
GITHUB = ("tests/bot/forges/github/test_contract.py", "tests/bot/forges/github/test_facts.py")
APP = ("tests/bot/forges/github/test_app.py", "tests/bot/forges/github/test_contract.py")
TRAIN = ("tests/routing/test_merge_queue.py", "tests/bot/forges/gitlab/test_contract.py")
OUTBOX = ("tests/storage/test_outbox.py",)


class Row(StrEnum):
    """What a guard is against."""

    SELF_APPROVAL = "approving one's own work"
    NEW_HEAD = "approvals of another head"
    NEW_BASE = "approvals for another base or policy"
    OWN_RULES = "rules taken from the change itself"
    STRIPPED = "marks of AI amended away"
    BLIND_SPOTS = "what could not be seen"
    OTHERS_GATE = "somebody else's word for the gate"
    LATE_REVOKING = "a success that stands too long"
    FORGED = "forged deliveries"
    OUTSIDERS = "clicks of people without a say"
    RECYCLED = "logins and addresses that change hands"
    QUEUE = "what a merge queue makes of it"
    STALE = "stale cards"
    LEFT = "people who left, and bots"
    GLASS = "an override by one, or for ever"
    ERRORS = "errors on the way"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One guard broken: in `path`, `guard` becomes `broken`."""

    row: Row
    path: str
    guard: str
    broken: str
    tests: tuple[str, ...] = RULES


HOOKS = ("tests/bot/forges/github/test_webhooks.py", "tests/bot/forges/gitlab/test_webhooks.py")
GITLAB = ("tests/bot/forges/gitlab/test_contract.py", "tests/bot/forges/gitlab/test_facts.py")
CLICKS = (
    "tests/routing/answering/test_answers.py",
    "tests/routing/rules/test_qualification.py",
    "tests/routing/answering/test_opinions.py",
)
GLASS = ("tests/routing/answering/test_breaking_glass.py",)
ENGINE = ("tests/bot/test_engine_faults.py", "tests/bot/test_engine.py")
SLACK = ("tests/bot/slack/test_directory.py",)
