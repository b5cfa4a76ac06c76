"""Pages as text: Jinja2 with everything escaped, and the headers that pages are sent with."""

from __future__ import annotations

import unicodedata
from importlib.resources import files

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STATIC = files("bot.web.pages") / "static"
KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
KEPT = frozenset("\n\t")


def visible(value: object) -> object:
    """What a template puts out: characters that could hide or turn text are shown as such."""
    if type(value) is not str:  # markup of our own is a subclass
        return value
    return "".join(
        "�" if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Co"} and one not in KEPT else one
        for one in value
    )


def marked(text: str) -> Markup:
    """A sentence of ours, what stands between backticks in it shown as code."""
    parts = str(visible(text)).split("`")
    if len(parts) % 2 == 0:  # one is left open: it is somebody's own
        return escape("`".join(parts))
    code = Markup("<code>{}</code>").format
    return Markup().join(code(one) if odd % 2 else escape(one) for odd, one in enumerate(parts))


ENVIRONMENT = Environment(
    loader=PackageLoader("bot.web.pages"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=visible,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters["marked"] = marked


def render(template: str, status: int = 200, **content: object) -> web.Response:
    """A page."""
    return web.Response(
        text=ENVIRONMENT.get_template(template).render(content),
        content_type="text/html",
        status=status,
        headers={"Cache-Control": "no-store"},
    )


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """What every answer of ours tells a browser: load nothing foreign, show it in no frame."""
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("X-Frame-Options", "DENY")


async def static(request: web.Request) -> web.Response:
    """Our own style and script; anybody may have them."""
    name = request.match_info["name"]
    if name not in {file.name for file in STATIC.iterdir()}:
        raise web.HTTPNotFound
    return web.Response(
        body=(STATIC / name).read_bytes(),
        content_type=KINDS[name.rpartition(".")[2]],
        charset="utf-8",
        headers={"Cache-Control": "no-cache"},
    )
