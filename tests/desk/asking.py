"""Requests to the desk as API Gateway hands them to the function, and its answers."""

import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from local.cloud import Cloud
from local.invoking import Context


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str
    encoded: bool  # the text is base64 of what the browser gets

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def ask(
    cloud: Cloud, path: str, *, officer: str | None = "ann@clinic.example", body: Any = None, **query: Any
) -> Answer:
    """GET, or POST where there is a body; `officer` None is a request that no authoriser vouched for."""
    raw = isinstance(body, bytes)
    claims = {"authorizer": {"jwt": {"claims": {"email": officer}, "scopes": None}}} if officer else {}
    event = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": urlencode(query),
        "queryStringParameters": {name: str(value) for name, value in query.items()},
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": {"method": "GET" if body is None else "POST", "path": path}, "stage": "$default"}
        | claims,
        "body": base64.b64encode(body).decode() if raw else None if body is None else json.dumps(body),
        "isBase64Encoded": raw,
    }
    with cloud.invoker.inside(cloud.desk):
        told = cloud.desk.handler(event, Context("desk"))
    headers = {name.lower(): value for name, value in told["headers"].items()}
    return Answer(told["statusCode"], headers, told["body"], told["isBase64Encoded"])


def act(
    cloud: Cloud,
    row: dict[str, Any],
    kind: str,
    *,
    seen: int = 0,
    officer: str | None = "ann@clinic.example",
    **said: Any,
) -> Answer:
    path = f"/patients/{row['patient_id']}/findings/{row['finding_id']}/actions"
    answer = ask(cloud, path, officer=officer, body={"kind": kind, "seen": seen, **said})
    cloud.settle()
    return answer
