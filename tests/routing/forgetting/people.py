"""Who is forgotten in these tests."""

from __future__ import annotations

from routing.forgetting.whom import Whom

DANA = Whom(
    "dana",
    names=frozenset({"Dana Ng"}),
    slack=frozenset({"U0DANA"}),
    logins=frozenset({("github", "dana-ng"), ("gitlab", "dana.ng")}),
    accounts=frozenset({("github", "1001")}),
    emails=frozenset({"dana@example.com"}),
)
HER = "erased-7f3a"
