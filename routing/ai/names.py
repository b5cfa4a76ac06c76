"""Does a value name an AI model or tool, and not a person?

"Claude Opus 4.6" does, "Claude Martin" does not: every word of the name must be known, or one
must be known and another be a version. Needed only where a person declares AI help in free text
or shares an address with a tool; a name alone is never evidence.
"""

from __future__ import annotations

import re


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


MODELS_AND_TOOLS = _listed(
    """
    ai aider amp anthropic antigravity augment bard chatgpt claude claudecode cline codeium
    codellama codestral codex cody copilot crush cursor deepseek devin devstral droid gemini gemma
    glm gpt granite grok haiku jules junie kilo kimi kiro llama llm llms lovable mistral mixtral o1
    o3 o4 ollama openai opencode opendevin openhands opus q qwen qwq replit roo ruflo sonnet
    starcoder tabnine trae warp windsurf
    """
)
"""Words that are a model, a family of models, a tool or their maker."""

FIRST_NAMES = _listed("amp cody devin haiku jules opus q roo sonnet warp")
"""Words of the list above that do not suffice alone: people and plain words bear them too."""

ANY_AI = frozenset({"ai", "llm", "llms"})
"""Words of the list above that name no maker."""

QUALIFIERS = _listed(
    """
    a agent agentic air amazon an app apps artificial assistance assistant astra auto automated beta
    chat cli cloud code coder coding developer desktop fable fast flash flow generative genai github
    google high ide instruct intelligence jetbrains large latest lite low max medium meta
    microsoft mini mode model models moonshotai mythos nano next omni oss plus preview pro q r
    reasoning small spark the thinking tool tools turbo ultra unnamed version vision vs vscode web
    workspace x xai xhigh z zai
    """
)
"""Words that may stand beside them."""

AGREEMENT = frozenset({"yes", "y", "true", "full", "fully", "partial", "partially", "partly", "✅"})

MOST = 200
"""Letters of a value that are looked at: longer ones are no names."""

NAME_ENDS = re.compile(
    r"[,;()\[\]<>|\"]|\s[-–—/&+@]\s|\s(?:with|via|and|using|for|on|in|by|under|to|from)\s",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\s:/_.\-–+@]+")
VERSION = re.compile(r"[a-z]?(?:\d{1,3}|\d{8})[a-z]?\Z", re.ASCII)
FAMILY = re.compile(r"[a-z]+(?=\d)", re.ASCII)


def names_ai(value: str) -> bool:
    """Whether the name that the value begins with is a model's or a tool's."""
    words = _words(value)
    known = [word for word in words if _family(word) in MODELS_AND_TOOLS]
    if not known:
        return False
    if len(words) == 1 and words[0] in FIRST_NAMES:
        return False
    strange = [word for word in words if not _is_known(word)]
    return not strange or (words[0] in known and any(VERSION.match(word) for word in words))


def makers_named(value: str) -> frozenset[str]:
    """The models and tools named by the value, as words in lower case."""
    return (frozenset(_family(word) for word in _words(value)) & MODELS_AND_TOOLS) - ANY_AI


def short_name(value: str) -> str:
    """The name that the value begins with, without a model behind a colon."""
    return _name(value).partition(":")[0].strip()


def says_yes(value: str) -> bool:
    """Whether the value of `AI-assisted:` agrees without naming a tool."""
    words = _words(value)
    return bool(words) and words[0] in AGREEMENT and "no" not in words


def _name(value: str) -> str:
    return NAME_ENDS.split(value[:MOST].strip(" *_`'"), maxsplit=1)[0]


def _words(value: str) -> list[str]:
    return WORD.findall(_name(value).lower())


def _family(word: str) -> str:
    """`qwen` for `qwen3`, `gpt` for `gpt4o`; the word itself when that is known, or all letters."""
    found = FAMILY.match(word)
    return found.group() if found and word not in MODELS_AND_TOOLS else word


def _is_known(word: str) -> bool:
    return (
        _family(word) in MODELS_AND_TOOLS or word in QUALIFIERS or VERSION.match(word) is not None
    )
