"""Who acts: the name that the authoriser vouches for. Nothing that a request says of itself counts."""

from datetime import UTC, datetime
from typing import Any

from shared.core.review import Signed
from shared.desk.problems import Nameless

_NAMES = ("email", "cognito:username", "sub")


def signed(request_context: Any, officer: str | None) -> Signed:
    """`officer` is whom a local server was started for; on AWS there is none, and the token's claims say who it is."""
    claims = ((request_context or {}).get("authorizer") or {}).get("jwt", {}).get("claims", {})
    by = officer or next((claims[name] for name in _NAMES if claims.get(name)), None)
    if by is None:
        raise Nameless("nobody is signed in: ask through the authoriser, or start ncd-audit serve with --officer")
    return Signed(str(by), datetime.now(UTC))
