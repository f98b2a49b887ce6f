"""A look-back summed up: findings by rule, provider and month, the money at stake, and the patients to look at first.

What each sum counts is in `shared.core.lookback`: of a rule all that hangs on its findings, else every line once.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from local.lookback.auditing import plain
from local.lookback.engine import Connection
from local.lookback.running import Result

MOST = 50  # of providers and patients; the result file has all

_SEVERITIES = ", ".join(
    f"count(*) FILTER (severity = '{severity}') AS {name}"
    for severity, name in (("violation", "violations"), ("warning", "warnings"), ("info", "infos"))
)
_ONCE = "coalesce(sum(amount_once), 0)"

_BY = {
    "rules": f"""SELECT rule, {_SEVERITIES}, count(DISTINCT patient_id) AS patients,
        coalesce(sum(amount), 0) AS at_stake
        FROM findings GROUP BY rule ORDER BY violations DESC, warnings DESC, rule""",
    "providers": f"""SELECT coalesce(provider_npi, '') AS npi, {_SEVERITIES}, count(DISTINCT patient_id) AS patients,
        {_ONCE} AS at_stake FROM findings GROUP BY ALL ORDER BY at_stake DESC, violations DESC, npi LIMIT {MOST}""",
    "months": f"""SELECT coalesce(strftime(date_of_service, '%Y-%m'), '') AS month, {_SEVERITIES},
        {_ONCE} AS at_stake FROM findings GROUP BY month ORDER BY month""",
    "patients": f"""SELECT patient_id, {_SEVERITIES}, {_ONCE} AS at_stake
        FROM findings GROUP BY patient_id ORDER BY at_stake DESC, violations DESC, patient_id LIMIT {MOST}""",
}


def summary(connection: Connection, result: Result, law: str, as_of: date) -> dict[str, Any]:
    """Ready for JSON and for the page."""
    records = vars(result.records) | {"filtered": result.filtered}
    return {
        "as_of": as_of.isoformat(),
        "policy": law,
        "records": {"read": result.read, **records, "conserved": result.conserved, "notes": result.noted},
        "totals": plain(result.tally),
        **{f"by_{name.removesuffix('s')}": _rows(connection, sql) for name, sql in _BY.items()},
    }


def _rows(connection: Connection, sql: str) -> list[Mapping[str, Any]]:
    told = connection.execute(sql)
    names = [column[0] for column in told.description or ()]
    return [
        {name: f"{value:.2f}" if name == "at_stake" else value for name, value in zip(names, row, strict=True)}
        for row in told.fetchall()
    ]
