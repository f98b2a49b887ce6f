"""What an officer asks of the desk as deployed: requests as the HTTP API hands them over, the token's claims with them.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tests.deployed.deployment import Deployment, eventually

DESK = "functions.serve_desk.handler"
OFFICER = "ann@clinic.example"
_HOST = "desk.execute-api.us-east-1.amazonaws.com"


@dataclass(frozen=True)
class Answer:
    status: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def asked(system: Deployment, path: str, query: str = "", body: Mapping[str, Any] | None = None) -> Answer:
    """GET, or POST where there is a body."""
    told = system.invoke(system.functions[DESK], a_request("POST" if body else "GET", path, query, body))
    return Answer(told["statusCode"], told["body"])


def a_request(method: str, path: str, query: str = "", body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    at = datetime.now(UTC)
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "queryStringParameters": dict(pair.split("=") for pair in query.split("&") if pair),
        "headers": {
            "accept": "*/*",
            "authorization": "Bearer x.y.z",
            "content-type": "application/json",
            "host": _HOST,
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "desk",
            "authorizer": {"jwt": {"claims": {"email": OFFICER, "sub": "officer-1"}, "scopes": None}},
            "domainName": _HOST,
            "domainPrefix": "desk",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "a browser",
            },
            "requestId": "request-1",
            "routeKey": "$default",
            "stage": "$default",
            "time": f"{at:%d/%b/%Y:%H:%M:%S +0000}",
            "timeEpoch": int(at.timestamp() * 1000),
        },
        "body": json.dumps(body) if body else None,
        "isBase64Encoded": False,
    }


def listed(system: Deployment, patient_id: str) -> dict[str, Any]:
    """The first of the patient's findings on the list to work, once it is there."""

    def first() -> dict[str, Any] | None:
        rows = asked(system, "/worklist", "limit=200").json["rows"]
        return next((row for row in rows if row["patient_id"] == patient_id), None)

    return eventually(first, f"a finding of {patient_id} on the list")


def acted(system: Deployment, row: Mapping[str, Any], kind: str, **said: Any) -> Answer:
    path = f"/patients/{row['patient_id']}/findings/{row['finding_id']}/actions"
    return asked(system, path, body={"kind": kind, "seen": row["actions"], **said})


def overdue(system: Deployment, patient_id: str) -> date:
    """A patient's finding that the officer calls an overpayment identified today: the day it must be repaid."""
    row = listed(system, patient_id)
    answer = acted(system, row, "identify", why="Confirmed", on=datetime.now(UTC).date().isoformat())
    assert answer.status == 200, answer.text

    def due() -> str | None:
        found: str | None = listed(system, patient_id)["due_on"]
        return found

    return date.fromisoformat(eventually(due, "the day on the list"))
