"""What guards the gate against people and deliveries, and GitLab's side of what guards a change."""

from __future__ import annotations

from bench.guard import CLICKS, ENGINE, GITLAB, GLASS, HOOKS, RULES, SLACK, Mutant, Row

OPINIONS = "routing/answering/opinions.py"
GITHUBS, GITLABS = "bot/forges/github", "bot/forges/gitlab"
ANSWERS, ALLOWED = "routing/answering/answers.py", "routing/rules/qualification.py"
BREAKING, MEMBERS = "routing/answering/breaking_glass.py", "bot/slack/directory.py"

GUARDS_OF_PEOPLE = (
    # GitLab's side of what is guarded on GitHub above.
    Mutant(
        Row.OWN_RULES,
        f"{GITLABS}/snapshot.py",
        "if tip != sha and not _is_part(project, sha, tip):",
        "if False:",
        GITLAB,
    ),
    Mutant(
        Row.BLIND_SPOTS,
        f"{GITLABS}/snapshot.py",
        "hidden=bool(files_gone or commits_gone),",
        "hidden=False,",
        GITLAB,
    ),
    Mutant(
        Row.LATE_REVOKING,
        f"{GITLABS}/adapter.py",
        "if gate.state is GateState.SUCCESS and not gates.stands(found, gate):",
        "if False:",
        GITLAB,
    ),
    Mutant(
        Row.OTHERS_GATE,
        f"{GITLABS}/adapter.py",
        "if not opens or gates.has_said(project, other, gate.sha, me):",
        "if True:",
        (*GITLAB, "tests/bot/forges/gitlab/test_locks.py", "tests/test_gitlab_path.py"),
    ),
    Mutant(
        Row.BLIND_SPOTS,
        f"{GITLABS}/reading.py",
        'if diff.get("too_large") or diff.get("collapsed"):',
        "if False:",
        GITLAB,
    ),
    Mutant(
        Row.FORGED,
        f"{GITHUBS}/webhooks.py",
        "genuine |= hmac.compare_digest(expected, given)",
        "genuine |= len(expected) == len(given)",
        HOOKS,
    ),
    Mutant(
        Row.FORGED,
        f"{GITLABS}/webhooks.py",
        "genuine |= hmac.compare_digest(_bytes(token), given)",
        "genuine |= len(_bytes(token)) == len(given)",
        HOOKS,
    ),
    Mutant(
        Row.FORGED,
        f"{GITLABS}/webhooks.py",
        "self._tokens = () if signing else",
        "self._tokens = () if False else",
        (*HOOKS, "tests/bot/web/test_gitlab_webhook.py"),
    ),
    Mutant(
        Row.FORGED,
        f"{GITLABS}/webhooks.py",
        "if not identity or not _is_close(stamp, now):",
        "if not identity:",
        HOOKS,
    ),
    Mutant(Row.OUTSIDERS, ANSWERS, "    if not click.home:\n", "    if False:\n", CLICKS),
    Mutant(
        Row.OUTSIDERS,
        ANSWERS,
        "if person.slack in situation.facts.left_slack:",
        "if False:",
        CLICKS,
    ),
    Mutant(
        Row.OUTSIDERS,
        ANSWERS,
        "            situation.cannot_approve(person)\n            or situation",
        "            situation",
        CLICKS,
    ),
    Mutant(
        Row.OUTSIDERS,
        MEMBERS,
        'outside = self.team is not None and user.get("team_id") != self.team',
        "outside = False",
        SLACK,
    ),
    Mutant(
        Row.OUTSIDERS,
        MEMBERS,
        'guest = user.get("is_restricted") or user.get("is_ultra_restricted")',
        "guest = False",
        SLACK,
    ),
    Mutant(
        Row.RECYCLED,
        "routing/people.py",
        "if key in self._by_login and pinned == account.id:",
        "if key in self._by_login:",
        RULES,
    ),
    Mutant(
        Row.QUEUE,
        "routing/merge_queue.py",
        "if (one.head_sha, one.base_branch) != (gate.sha, gate.base_branch):",
        "if False:",
        ("tests/routing/test_merge_queue.py",),
    ),
    Mutant(
        Row.STALE, ANSWERS, "if click.head_sha != review.binding.head_sha:", "if False:", CLICKS
    ),
    Mutant(
        Row.STALE,
        ANSWERS,
        "if click.base_branch != review.binding.base_branch:",
        "if False:",
        CLICKS,
    ),
    Mutant(
        Row.LEFT,
        ALLOWED,
        "if not person.active or person.slack in left_slack:",
        "if not person.active:",
        CLICKS,
    ),
    Mutant(
        Row.LEFT,
        ALLOWED,
        "if not person.active or person.slack in left_slack:",
        "if person.slack in left_slack:",
        CLICKS,
    ),
    Mutant(Row.LEFT, ALLOWED, "    if person.bot:\n", "    if False:\n", CLICKS),
    Mutant(
        Row.LEFT,
        OPINIONS,
        "if person is None or review.account.bot or",
        "if person is None or",
        CLICKS,
    ),
    Mutant(
        Row.GLASS,
        BREAKING,
        "if wanted is not None and wanted.by != person.id:",
        "if wanted is not None:",
        GLASS,
    ),
    Mutant(
        Row.GLASS,
        BREAKING,
        "problem = _may_not(person, situation) or _needless(",
        "problem = _needless(",
        GLASS,
    ),
    Mutant(
        Row.GLASS,
        BREAKING,
        "    return given if given.concerns(binding.head_sha, binding.base_branch) else None",
        "    return given",
        GLASS,
    ),
    Mutant(
        Row.GLASS,
        "routing/rules/override.py",
        "return self.until is not None and now < self.until",
        "return self.until is not None",
        GLASS,
    ),
    Mutant(
        Row.GLASS,
        ALLOWED,
        "**dict.fromkeys(overrode, OVERRODE), ",
        "",
        GLASS,
    ),
    Mutant(
        Row.ERRORS,
        "bot/engine.py",
        "            rooms.inbox.bury(item.seq, problem)\n            if review is not None",
        "            rooms.inbox.bury(item.seq, problem)\n            if None is not None",
        ENGINE,
    ),
)
