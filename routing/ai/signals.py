"""The catalogue as data: what AI tools and bots leave in commits and merge requests.

To teach Countersign a new tool, add a row to the table of its kind; `routing.ai.catalogue` says
what the columns mean. A row must be exact: an immutable id, an exact address, a line only that tool
writes. Names of people, words and whole domains are no signals (measured on 1.16 million public
commits: a list of keywords is right in 70 % of its hits, these rows practically always).
"""

from __future__ import annotations

from routing.ai.catalogue import Agent, Bot, Box, Catalogue, Footer, Hint, Link, Marker, Trailer
from routing.ai.tiers import Tier

CLAUDE, COPILOT, COPILOT_AGENT = "Claude Code", "Copilot", "Copilot coding agent"
CODEX, CURSOR, DEVIN, AIDER, JULES = "Codex", "Cursor", "Devin", "Aider", "Jules"
AMP, OPENCODE, CRUSH, WARP, CONTINUE = "Amp", "opencode", "Crush", "Warp", "Continue"

AGENTS = (
    Agent(
        CLAUDE,
        ids=(209825114, 242468646),
        # The second address carries the id of github-actions: here only the whole of it counts.
        addresses=("noreply@anthropic.com", "41898282+claude[bot]@users.noreply.github.com"),
        logins=("claude[bot]", "anthropic-code-agent[bot]"),
        makers_models=("claude", "anthropic", "haiku", "opus", "sonnet"),
    ),
    Agent(
        COPILOT_AGENT,
        ids=(198982749,),
        logins=("Copilot", "copilot-swe-agent", "copilot-swe-agent[bot]"),
    ),
    Agent(COPILOT, ids=(223556219,), addresses=("Copilot@users.noreply.github.com",)),
    Agent(
        "Copilot review",
        ids=(175728472,),
        logins=("copilot-pull-request-reviewer[bot]",),
        author=Tier.SUGGESTION,
        co_author=Tier.SUGGESTION,
    ),
    Agent("Copilot Autofix", titles=("Copilot Autofix powered by AI",), co_author=Tier.SUGGESTION),
    # An editor's default, for a while added to commits that AI had no part in.
    Agent(COPILOT, addresses=("copilot@github.com",), author=Tier.HINT, co_author=Tier.HINT),
    Agent(
        CODEX,
        ids=(199175422, 242516109),
        addresses=("codex@openai.com",),
        logins=("chatgpt-codex-connector[bot]", "openai-code-agent[bot]"),
        makers_models=("codex", "gpt", "chatgpt", "openai", "o1", "o3", "o4"),
    ),
    Agent(
        CODEX,
        addresses=("noreply@openai.com",),
        ai_name=True,
        makers_models=("codex", "gpt", "chatgpt", "openai", "o1", "o3", "o4"),
    ),
    Agent(
        CURSOR,
        ids=(206951365,),
        addresses=("cursoragent@cursor.com",),
        logins=("cursor[bot]",),
    ),
    Agent(DEVIN, ids=(158243242,), logins=("devin-ai-integration[bot]",)),
    Agent(
        AIDER,
        addresses=(
            "aider@aider.chat",
            "noreply@aider.chat",
            "noreply@aider.dev",
            "noreply@aider.ai",
            "noreply@aider.com",
        ),
    ),
    Agent(JULES, ids=(161369871,), logins=("google-labs-jules[bot]",)),
    Agent("Gemini CLI", ids=(218312386,), logins=("gemini-cli[bot]",)),
    Agent(
        "Gemini Code Assist",
        ids=(176961590,),
        logins=("gemini-code-assist[bot]",),
        author=Tier.SUGGESTION,
        co_author=Tier.SUGGESTION,
    ),
    Agent(
        "Amazon Q",
        ids=(208079219,),
        logins=("amazon-q-developer[bot]",),
        author=Tier.SUGGESTION,
        co_author=Tier.SUGGESTION,
    ),
    Agent("Kiro", ids=(244629292,), logins=("kiro-agent",)),
    Agent(
        "Junie",
        ids=(201638009,),
        addresses=("junie@jetbrains.com",),
        logins=("jetbrains-junie[bot]",),
    ),
    Agent(AMP, addresses=("amp@ampcode.com",)),
    Agent(
        "OpenHands",
        addresses=(
            "openhands@all-hands.dev",
            "opendevin@all-hands.dev",
            "opendevin@opendevin.ai",
            "opendevin@opendevin.com",
            "openhands@openhands.ai",
            "opendevin@openhands.ai",
            "agent@openhands.ai",
            "noreply@openhands.ai",
        ),
        logins=("openhands-agent", "openhands-ai[bot]"),
    ),
    Agent(
        OPENCODE,
        addresses=("noreply@opencode.ai", "noreply@termai.io"),
        logins=("opencode-agent[bot]",),
        titles=("termai",),
    ),
    Agent(CRUSH, addresses=("crush@charm.land", "noreply@crush.charm.land")),
    Agent(
        "Factory",
        ids=(138933559,),
        addresses=("droid@factory.ai",),
        logins=("factory-droid[bot]",),
    ),
    Agent(
        WARP,
        ids=(243557089, 277970191, 240773466),
        addresses=("oz-agent@warp.dev", "agent@warp.dev"),
    ),
    Agent("Roo Code", ids=(219738659,), addresses=("roomote@roocode.com",)),
    Agent("Cline", ids=(276134852,), addresses=("cline-agent@users.noreply.github.com",)),
    Agent(CONTINUE, addresses=("noreply@continue.dev", "agent@continue.dev")),
    Agent(
        "Sweep",
        ids=(131841235,),
        logins=("sweep-nightly[bot]", "sweep-ai[bot]", "sweep-canary[bot]"),
    ),
    Agent("Lovable", ids=(159125892,), logins=("gpt-engineer-app[bot]", "lovable-dev[bot]")),
    Agent("Mistral Vibe", addresses=("vibe@mistral.ai",)),
    Agent("Qwen Code", addresses=("qwen-coder@alibabacloud.com",)),
    Agent("Qwen Code", addresses=("noreply@alibabacloud.com",), ai_name=True),
    Agent("Augment", addresses=("noreply@augmentcode.com",)),
    # A person's own address too, so only a name that says AI makes it the tool's.
    Agent("claude-flow", addresses=("ruv@ruv.net",), author=None, ai_name=True),
    Agent("oh-my-codex", addresses=("omx@oh-my-codex.dev",)),
    Agent("Clio", addresses=("clio-agent@sisyphuslabs.ai",)),
    Agent("Kilo Code", ids=(240665456,)),
    Agent("Seer", ids=(157164994,)),
    Agent("Codeflash", ids=(148906541,)),
    Agent("AdaL", addresses=("adal@sylph.ai",)),
    Agent("SageOx", addresses=("ox@sageox.ai",)),
    # These review: what carries their name is a suggestion of theirs that was accepted.
    *(
        Agent(
            tool,
            ids=(account,),
            logins=(login,),
            author=Tier.SUGGESTION,
            co_author=Tier.SUGGESTION,
        )
        for tool, account, login in (
            ("Ellipsis", 65095814, "ellipsis-dev[bot]"),
            ("CodeRabbit", 136622811, "coderabbitai[bot]"),
            ("cubic", 191113872, "cubic-dev-ai[bot]"),
            ("Greptile", 165735046, "greptile-apps[bot]"),
            ("Sourcery", 58596630, "sourcery-ai[bot]"),
        )
    ),
)

TRAILERS = (
    Trailer(CLAUDE, "Claude-Session", begins=("https://claude.ai/code/",)),
    Trailer(CLAUDE, "Claude-Session-Id", uuid=True),
    Trailer(COPILOT_AGENT, "Agent-Logs-Url", begins=("https://",), contains="/sessions/"),
    Trailer(COPILOT, "Copilot-Session", uuid=True),
    Trailer(CURSOR, "Made-with", values=("Cursor",)),
    Trailer(AMP, "Amp-Thread-ID", begins=("https://ampcode.com/threads/T-",)),
    Trailer(CRUSH, "Assisted-by", begins=("Crush:",)),
    # A kernel maintainer's own tool, as it signs what it helped to find and mend.
    Trailer("gkh_clanker", "Assisted-by", begins=("gkh_clanker",), tier=Tier.DECLARED),
    Trailer("Replit Agent", "Replit-Commit-Author", values=("Agent", "Assistant")),
)

FOOTERS = (
    Footer(
        CLAUDE,
        ("Claude Code",),
        ("claude.com/", "claude.ai/", "anthropic.com/", "github.com/anthropics/"),
    ),
    Footer(CLAUDE, ("Claude",), ("claude.com/", "claude.ai/"), plain=False),
    Footer(OPENCODE, ("opencode", "termai"), ("opencode.ai", "github.com/")),
    Footer(CRUSH, ("Crush",), ("charm.land/", "crush.charm.land", "github.com/charmbracelet/")),
    Footer(CONTINUE, ("Continue",), ("continue.dev",), plain=False),
    Footer(DEVIN, ("Devin",), ("devin.ai",), plain=False),
    Footer(AMP, ("Amp",), ("ampcode.com",), plain=False),
    Footer(CURSOR, ("Cursor",), ("cursor.com",), plain=False),
)

LINKS = (
    Link(CODEX, "chatgpt.com/codex/tasks/task_"),
    Link(DEVIN, "app.devin.ai/sessions/"),
    Link(JULES, "jules.google.com/task/"),
    Link(CLAUDE, "claude.ai/code/session_"),
)

MARKERS = (
    Marker(COPILOT_AGENT, "START COPILOT CODING AGENT"),
    Marker(COPILOT_AGENT, "START COPILOT ORIGINAL PROMPT"),
    Marker(CURSOR, "CURSOR_AGENT_PR_BODY_BEGIN"),
)

AUTHOR_ENDINGS = (Hint(AIDER, " (aider)"),)

SUBJECTS = (Hint(AIDER, "aider: "),)

BRANCHES = (
    Hint(COPILOT_AGENT, "copilot/"),
    Hint(CLAUDE, "claude/"),
    Hint(CODEX, "codex/"),
    Hint(CURSOR, "cursor/"),
    Hint(DEVIN, "devin/"),
    Hint("OpenHands", "openhands/"),
)

BOXES = (Box("Warp Agent Mode", WARP),)

DECLARATIONS = ("Assisted-by", "Generated-by", "AI-assisted", "AI-assisted-by", "AI-generated-by")

BOTS = (
    Bot("dependabot[bot]", (49699333, 27856297), ("support@dependabot.com",), quotes=True),
    Bot("dependabot-preview[bot]", quotes=True),
    Bot("renovate[bot]", (29139614,), ("bot@renovateapp.com",), quotes=True),
    Bot("renovate-bot", (25180681,), quotes=True),
    Bot("self-hosted-renovate[bot]", quotes=True),
    Bot("mend-for-github-com[bot]", quotes=True),
    Bot("pyup-bot", (16239342,), ("github-bot@pyup.io",), quotes=True),
    Bot("snyk-bot", (19733683,), ("snyk-bot@snyk.io",), quotes=True),
    Bot("greenkeeper[bot]", (23040076,), quotes=True),
    Bot("github-actions[bot]", (41898282,), ("action@github.com", "actions@github.com")),
    Bot("github-actions"),
    Bot("actions-user", (65916846,)),
    Bot("github-advanced-security[bot]", (62310815,)),
    Bot("pre-commit-ci[bot]", (66853113,)),
    Bot("mergify[bot]", (37929162,)),
    Bot("allcontributors[bot]", (46447321,)),
    Bot("k8s-ci-robot", (20407524,)),
    Bot("k8s-infra-cherrypick-robot"),
    Bot("openshift-merge-robot"),
    Bot("openshift-cherrypick-robot"),
    Bot("openshift-ci-robot"),
    Bot("prow-bot"),
    Bot("gemini-cli-robot"),
    Bot("google-oss-prow[bot]"),
    Bot("copybara-service[bot]"),
    Bot("pytorchmergebot"),
    Bot("pytorchbot"),
    Bot("facebook-github-bot"),
    Bot("vscode-triage-bot"),
    Bot("semantic-release-bot", (32174276,), ("semantic-release-bot@martynus.net",)),
    Bot("release-please[bot]"),
    Bot("elasticmachine"),
    Bot("kibanamachine"),
    Bot("rustbot"),
    Bot("bors"),
    Bot("bors[bot]"),
    Bot("rust-bors[bot]"),
    Bot("vercel-release-bot"),
    Bot("backport-bot"),
    Bot("weblate", addresses=("hosted@weblate.org",)),
)

CATALOGUE = Catalogue(
    agents=AGENTS,
    trailers=TRAILERS,
    footers=FOOTERS,
    links=LINKS,
    markers=MARKERS,
    author_endings=AUTHOR_ENDINGS,
    branches=BRANCHES,
    subjects=SUBJECTS,
    boxes=BOXES,
    declarations=DECLARATIONS,
    bots=BOTS,
)
