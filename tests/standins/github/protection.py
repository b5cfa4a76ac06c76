"""The routes of what guards a branch on GitHub: rulesets, and the older branch protection."""

from __future__ import annotations

from tests.standins.github.calls import Answer, Call, Listing
from tests.standins.github.guard import Ruleset
from tests.standins.server import Problem


def list_branch_rules(call: Call) -> Answer:
    """GET the rules of rulesets that hold for a branch."""
    queue = [{"type": "merge_queue", "ruleset_id": 1}] if call.repo.guard.merge_queue else []
    return Listing([*queue, *(_rule(ruleset) for ruleset in call.repo.guard.rulesets)])


def show_ruleset(call: Call) -> Answer:
    """GET a ruleset; its bypass list is for those who may change it."""
    for one in call.repo.guard.rulesets:
        if str(one.id) == call.match["item"]:
            shown = {"id": one.id, "name": one.name, "target": "branch", "enforcement": "active"}
            if call.repo.guard.administrates:
                return shown | {"bypass_actors": list(one.bypass)}
            return shown | {"current_user_can_bypass": "never"}
    raise Problem(404, "Not Found")


def show_branch(call: Call) -> Answer:
    """GET a branch with what everybody may see of its protection."""
    found = call.repo.guard.protection
    required: dict[str, object] = {"enforcement_level": "off", "contexts": [], "checks": []}
    if found is not None:
        required["enforcement_level"] = "everyone" if found.admins else "non_admins"
        required["contexts"] = list(found.checks)
        required["checks"] = [
            {"context": name, "app_id": app} for name, app in found.checks.items()
        ]
    protection = {"enabled": found is not None, "required_status_checks": required}
    return {"name": call.match["branch"], "protected": found is not None, "protection": protection}


def show_protection(call: Call) -> Answer:
    """GET the whole of a branch's protection, for those who may administrate."""
    found = call.repo.guard.protection
    if not call.repo.guard.administrates:
        raise Problem(403, "Resource not accessible by personal access token")
    if found is None:
        raise Problem(404, "Branch not protected")
    return {
        "required_status_checks": {"strict": found.strict, "contexts": list(found.checks)},
        "enforce_admins": {"enabled": found.admins},
    }


def _rule(ruleset: Ruleset) -> dict[str, object]:
    checks = [
        {"context": name} | ({"integration_id": app} if app is not None else {})
        for name, app in ruleset.checks.items()
    ]
    return {
        "type": "required_status_checks",
        "ruleset_source_type": "Repository",
        "ruleset_id": ruleset.id,
        "parameters": {
            "required_status_checks": checks,
            "strict_required_status_checks_policy": ruleset.strict,
        },
    }
