"""What guards an approval against the change itself: pushes, retargets, its rules, its marks."""

from __future__ import annotations

from bench.guard import APP, FACTS, GITHUB, OUTBOX, TRAIN, Mutant, Row

HANDS, OPINIONS = "routing/identities.py", "routing/answering/opinions.py"
SITUATION, BASE = "routing/situation.py", "bot/base_files.py"
SNAPSHOT, GATE = "bot/forges/github/snapshot.py", "bot/forges/github/gate.py"

GUARDS_OF_CHANGES = (
    Mutant(
        Row.SELF_APPROVAL,
        HANDS,
        'yield people.of_account(request.author), Deed(Role.AUTHOR, "opened it")',
        'yield None, Deed(Role.AUTHOR, "opened it")',
    ),
    Mutant(Row.SELF_APPROVAL, HANDS, "yield people.of_account(request.pusher), ", "yield None, "),
    Mutant(
        Row.SELF_APPROVAL,
        HANDS,
        "((who, wrote) for who in _behind(commit.author, people))",
        "((None, wrote) for who in _behind(commit.author, people))",
    ),
    Mutant(
        Row.SELF_APPROVAL,
        HANDS,
        "((who, committed) for who in _behind(commit.committer, people))",
        "((None, committed) for who in _behind(commit.committer, people))",
    ),
    Mutant(
        Row.SELF_APPROVAL,
        HANDS,
        "yield people.of_email(email), Deed(Role.CO_AUTHOR",
        "yield None, Deed(Role.CO_AUTHOR",
    ),
    Mutant(
        Row.SELF_APPROVAL,
        HANDS,
        "if not any(_behind(hand, people)) and not _is_program(hand):",
        "if False:",
    ),
    Mutant(
        Row.NEW_HEAD,
        SITUATION,
        "if one.stance is Stance.APPROVES and one.binding == self.binding",
        "if one.stance is Stance.APPROVES",
    ),
    Mutant(Row.NEW_HEAD, SITUATION, "            request.head_sha,\n", '            "",\n'),
    Mutant(
        Row.NEW_HEAD,
        OPINIONS,
        "replace(known, head_sha=review.sha, base_branch=review.base)",
        "replace(known, base_branch=review.base)",
    ),
    Mutant(Row.NEW_BASE, SITUATION, "            request.base_branch,\n", '            "",\n'),
    Mutant(Row.NEW_BASE, SITUATION, "            self.policy.hash,\n", '            "",\n'),
    Mutant(
        Row.NEW_BASE,
        OPINIONS,
        "replace(known, head_sha=review.sha, base_branch=review.base)",
        "replace(known, head_sha=review.sha)",
    ),
    Mutant(
        Row.NEW_BASE,
        OPINIONS,
        'known = replace(binding, policy_hash="") if changed else binding',
        "known = binding",
    ),
    Mutant(
        Row.NEW_BASE,
        "bot/forges/bases.py",
        'return "" if later[0].at == when else later[0].before',
        "return self.now",
        GITHUB,
    ),
    Mutant(
        Row.NEW_BASE,
        "bot/forges/github/reading.py",
        "base=bases.at(found.submitted_at),",
        "base=bases.now,",
        GITHUB,
    ),
    Mutant(
        Row.OWN_RULES,
        "bot/facts.py",
        "at(forge, ref.project, request.base_branch, request.base_sha)",
        "at(forge, ref.project, request.head_branch, request.head_sha)",
        FACTS,
    ),
    Mutant(
        Row.OWN_RULES,
        BASE,
        'return organisation, tuple(f"on {branch}, {line}" for line in str(exc).splitlines())',
        "return organisation, ()",
        FACTS,
    ),
    Mutant(
        Row.OWN_RULES,
        SNAPSHOT,
        'return ref.object.sha if ref.ref == f"refs/heads/{branch}" else None',
        "return repo.get_commit(branch).sha",
        GITHUB,
    ),
    Mutant(
        Row.OWN_RULES,
        SNAPSHOT,
        'if tip != sha and repo.compare(sha, tip).status != "ahead":',
        "if False:",
        GITHUB,
    ),
    Mutant(
        Row.STRIPPED,
        "routing/assessment.py",
        "if before is None or found.ai or not before.ai:",
        "if before is None or not before.bot:",
    ),
    Mutant(
        Row.BLIND_SPOTS,
        "routing/rules/requirements.py",
        "if hidden or one.name in touched",
        "if one.name in touched",
    ),
    Mutant(
        Row.BLIND_SPOTS,
        "routing/rules/conditions.py",
        "return Truth.YES if found else Truth.UNKNOWN if self.facts.change.hidden else Truth.NO",
        "return Truth.YES if found else Truth.NO",
    ),
    Mutant(
        Row.BLIND_SPOTS,
        "routing/rules/conditions.py",
        "return Truth.UNKNOWN if unsure else Truth.NO",
        "return Truth.NO",
    ),
    Mutant(Row.BLIND_SPOTS, "routing/risk.py", "if change.hidden:", "if False:"),
    Mutant(
        Row.BLIND_SPOTS,
        SNAPSHOT,
        "hidden=bool(files_gone or commits_gone),",
        "hidden=False,",
        GITHUB,
    ),
    Mutant(
        Row.BLIND_SPOTS,
        "routing/model.py",
        "for file in self.files for path in file.paths",
        "for file in self.files for path in (file.path,)",
    ),
    Mutant(
        Row.OTHERS_GATE,
        GATE,
        "if run.app is not None and run.app.id == app",
        "if run.app is not None",
        APP,
    ),
    Mutant(
        Row.OTHERS_GATE,
        GATE,
        "if gate.state is GateState.SUCCESS and not _stands(repo, gate):",
        "if False:",
        (*GITHUB, *APP),
    ),
    Mutant(
        Row.NEW_HEAD,
        "routing/merge_queue.py",
        "if (one.head_sha, one.base_branch) != (gate.sha, gate.base_branch):",
        "if one.base_branch != gate.base_branch:",
        TRAIN,
    ),
    Mutant(
        Row.NEW_HEAD,
        "bot/forges/gitlab/gate.py",
        'return now == ("opened", gate.head or gate.sha, gate.base_branch)',
        "return now[2] == gate.base_branch",
        TRAIN,
    ),
    Mutant(
        Row.LATE_REVOKING,
        "routing/review.py",
        "return Decision(shut, (gate, *left, *merge_queue.gates(review, shut)))",
        "return Decision(shut, (gate, *left))",
        TRAIN,
    ),
    Mutant(
        Row.LATE_REVOKING,
        "storage/outbox.py",
        "return GATE if effect.state is GateState.SUCCESS else REVOKE",
        "return GATE",
        OUTBOX,
    ),
    Mutant(
        Row.LATE_REVOKING,
        "storage/outbox.py",
        " ORDER BY priority, seq LIMIT 1",
        " ORDER BY seq LIMIT 1",
        OUTBOX,
    ),
)
