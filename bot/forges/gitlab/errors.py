"""What went wrong with GitLab, in our words: try again later, or what somebody has to change."""

from __future__ import annotations

from gitlab.exceptions import GitlabError, GitlabParsingError

from bot.errors import CountersignError, NotYet, Refused, Retryable, Unauthorized
from bot.forges.gitlab.session import MINUTE, Busy, Elsewhere

FAULTS = (
    GitlabError,
    Busy,
    Elsewhere,
    OSError,  # every error of requests is one: no connection, timeout, cut answer
    AttributeError,  # an answer of another shape than was asked for
    KeyError,
    TypeError,
    ValueError,
)
"""What python-gitlab, our session and the layers below them raise."""

SERVER_ERROR = 500
REQUEST_TIMEOUT = 408
UNAUTHORIZED = 401
NOT_FOUND = 404

ADVICE = {
    400: "GitLab finds the request impossible",
    401: "the token is not accepted; renew GITLAB_TOKEN (scope `api`)",
    403: "the token may not do this; give its user the role Developer in the project at least, "
    "and the token the scope `api`",
    404: "it does not exist or the token cannot see it; check GITLAB_PROJECTS and the token's role",
    405: "GitLab does not do this here; has the project been renamed?",
    409: "it has changed meanwhile",
    422: "GitLab finds the request impossible",
}


def translated(fault: Exception, doing: str) -> CountersignError:
    """The error to raise instead of `fault`; `doing` completes "GitLab … while"."""
    match fault:
        case Busy(status=status, after=after):
            too_often = NotYet(f"GitLab is asked too often while {doing}.", after or MINUTE)
            down = Retryable(f"GitLab answered {status} while {doing}.", after)
            return down if status >= SERVER_ERROR else too_often
        case Elsewhere():
            return Refused(
                f"GitLab pointed to another address while {doing}, and we do not follow: "
                f"was the project renamed, or is GITLAB_URL not quite right? ({fault})"
            )
        case GitlabParsingError():
            return Retryable(f"GitLab's answer made no sense while {doing}.")
        case GitlabError():
            return _answered(fault, doing)
        case OSError():
            return Retryable(f"GitLab could not be reached while {doing}.")
        case _:
            return Retryable(f"GitLab's answer made no sense while {doing}. ({fault!r:.200})")


def _answered(fault: GitlabError, doing: str) -> CountersignError:
    status = fault.response_code or 0
    if status >= SERVER_ERROR or status == REQUEST_TIMEOUT:
        return Retryable(f"GitLab answered {status} while {doing}.")
    advice = ADVICE.get(status, "see GitLab's words")
    words = str(fault.error_message)[:300]
    said = f" GitLab's words: {words}" if words else ""
    whole = f"GitLab said no ({status}) while {doing}: {advice}.{said}"
    return Unauthorized(whole) if status == UNAUTHORIZED else Refused(whole)


def is_missing(fault: GitlabError) -> bool:
    """Whether GitLab answered that there is no such thing."""
    return fault.response_code == NOT_FOUND
