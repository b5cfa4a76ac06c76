"""What can be done in each setting: the story's changes, or one's own clone's latest ones."""

from __future__ import annotations

from collections.abc import Mapping

from bot.demo.panel import Deed, DemoPanel
from bot.demo.repository import NAMES, PAYMENTS, WEB, Commit
from bot.demo.setting import branch_of
from bot.demo.stage import Stage
from bot.demo.story import AI_COMMIT, BACKOFF, IDEMPOTENT
from bot.git.main_line import Landed
from routing.forge_words import short_name
from routing.model import MergeRequest
from routing.phrases import cut

LONGEST_LABEL = 44


def story_panel(stage: Stage) -> DemoPanel:
    """The panel of the story: Ana's change with AI, Kim's small one, and pushes."""

    def number() -> int:
        return len(stage.forge.requests()) + 1

    async def open_ai() -> str:
        files = {f"{PAYMENTS}/retry_{number()}.py": BACKOFF}
        commit = Commit("ana", stage.clock.now(), AI_COMMIT, files)
        title = "Retry refunds when the bank times out"
        ref = await stage.opens("ana", f"retry-{number()}", commit, title)
        return f"{NAMES['ana']} opened {short_name(ref)}."

    async def open_small() -> str:
        files = {f"{WEB}/banner_{number()}.ts": "show()\n"}
        commit = Commit("kim", stage.clock.now(), "Show the banner", files)
        ref = await stage.opens("kim", f"banner-{number()}", commit, "Show the banner")
        return f"{NAMES['kim']} opened {short_name(ref)}."

    async def push(request: MergeRequest) -> str:
        now = stage.clock.now()
        path = f"{PAYMENTS}/retry_{request.ref.number}.py"
        text = f"{IDEMPOTENT}\n# {now:%H:%M:%S}\n"
        await stage.pushes(request.ref, Commit("ana", now, "One more fix", {path: text}))
        return f"{NAMES['ana']} pushed to {short_name(request.ref)}."

    deeds = {
        "open_ai": Deed("Ana: AI-assisted payments change", open_ai),
        "open_small": Deed("Kim: small web change", open_small),
    }
    return DemoPanel(stage, deeds, push)


def clone_panel(stage: Stage) -> DemoPanel:
    """The panel of one's own clone: each of its latest changes can be opened, newest first."""
    by_branch = {branch_of(change): change for change in stage.setting.recent}

    async def push(request: MergeRequest) -> str:
        change = by_branch[request.head_branch]
        await stage.pushes_again(request.ref, change)
        return f"{change.author} pushed to {short_name(request.ref)}."

    deeds: Mapping[str, Deed] = {
        f"open_{change.sha}": _opening(stage, change) for change in reversed(stage.setting.recent)
    }
    return DemoPanel(stage, deeds, push)


def _opening(stage: Stage, change: Landed) -> Deed:
    async def do() -> str:
        ref = await stage.reopens(change)
        return f"{change.author} opened {short_name(ref)}."

    return Deed(cut(f"{change.author}: {change.title}", LONGEST_LABEL), do, once=True)
