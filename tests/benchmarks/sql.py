"""The core six as a warehouse would ask them: DuckDB from Parquet, in sets. No trace, no evidence, and none the wiser
when a visit arrives late; but the quickest way there is to rows.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import duckdb

from tests.benchmarks.patients import Told
from tests.benchmarks.plain import Record

_VISITS = """
COPY (
    SELECT detail.patient_id AS patient, detail.visit_id AS id, CAST(detail.date_of_service AS DATE) AS day,
           detail.payer, detail.diagnoses AS dx, detail.procedure IS NOT NULL AS needled,
           CAST(detail.condition.onset_date AS DATE) AS onset
    FROM read_json('{source}') WHERE "detail-type" = 'VisitRecorded' AND detail.status = 'completed'
) TO '{folder}/visits.parquet'
"""
_LINES = """
COPY (
    SELECT detail.patient_id AS patient, detail.claim_id AS claim, detail.frequency_code AS frequency,
           detail.replaces_claim_id AS replaces, detail.payer, detail.diagnoses AS dx,
           each.procedure_code AS code, CAST(each.date_of_service AS DATE) AS day,
           each.modifiers, each.diagnosis_pointers AS pointers
    FROM (SELECT detail, unnest(detail.lines) AS each
          FROM read_json('{source}') WHERE "detail-type" = 'ClaimSubmitted')
) TO '{folder}/lines.parquet'
"""
_FOUND = """
WITH RECURSIVE visits AS MATERIALIZED (
    SELECT patient, day, payer, needled,
           needled AND len(list_filter(dx, lambda code: starts_with(code, 'M54.5'))) > 0 AS low_back,
           day - last_value(onset IGNORE NULLS) OVER (PARTITION BY patient ORDER BY day, id) < 84 AS fresh
    FROM '{folder}/visits.parquet'),
lines AS MATERIALIZED (
    SELECT patient, day, payer, modifiers, list_has_any(dx, valid) AS covered,
           len(list_filter(pointers, lambda p: starts_with(dx[p], 'M54.5') AND NOT list_contains(valid, dx[p]))) > 0
           AS retired
    FROM (SELECT *, CASE WHEN day < DATE '2021-10-01' THEN ['M54.5'] ELSE ['M54.50', 'M54.51', 'M54.59'] END AS valid
          FROM '{folder}/lines.parquet')
    WHERE code IN ('97810', '97811', '97813', '97814', '20560', '20561') AND frequency <> '8'
      AND (patient, claim) NOT IN (SELECT (patient, replaces) FROM '{folder}/lines.parquet'
                                   WHERE frequency IN ('7', '8') AND replaces IS NOT NULL)),
counted AS (SELECT * FROM lines WHERE covered AND payer = 'medicare_ffs'),
sessions AS MATERIALIZED (
    SELECT patient, day FROM visits WHERE low_back AND NOT coalesce(fresh, false) AND payer = 'medicare_ffs'
    UNION
    SELECT patient, day FROM counted WHERE (patient, day) NOT IN (SELECT (patient, day) FROM visits WHERE needled)),
periods AS (
    SELECT patient, min(day) AS began FROM sessions GROUP BY patient
    UNION ALL
    SELECT p.patient, min(s.day) FROM periods p JOIN sessions s
        ON s.patient = p.patient AND s.day >= date_trunc('month', p.began) + INTERVAL 12 MONTH
    GROUP BY p.patient),
numbered AS MATERIALIZED (
    SELECT s.patient, s.day, p.began, row_number() OVER (PARTITION BY s.patient, p.began ORDER BY s.day) AS number
    FROM sessions s ASOF JOIN periods p ON s.patient = p.patient AND s.day >= p.began)
SELECT patient, 'CHRONICITY_NOT_MET', CAST(day AS VARCHAR) FROM visits WHERE low_back AND fresh
UNION ALL
SELECT patient, 'DX_INVALID_FOR_DOS', CAST(day AS VARCHAR) FROM lines WHERE retired
UNION ALL
SELECT patient, 'DX_NOT_COVERED', CAST(day AS VARCHAR) FROM lines WHERE NOT retired AND NOT covered
UNION ALL
SELECT patient, 'KX_MISSING', CAST(day AS VARCHAR) FROM counted JOIN numbered USING (patient, day)
WHERE number BETWEEN 13 AND 20 AND NOT list_contains(modifiers, 'KX')
UNION ALL
SELECT patient, 'OUTSIDE_INITIAL_WINDOW', CAST(day AS VARCHAR) FROM numbered WHERE number <= 12 AND day > began + 89
UNION ALL
SELECT patient, 'OVER_ANNUAL_LIMIT', CAST(day AS VARCHAR) FROM numbered WHERE number > 20
"""


def warehouse(records: Iterable[Record], folder: Path) -> duckdb.DuckDBPyConnection:
    """The records as Parquet in `folder`, and a connection of one thread, as the others have."""
    source = folder / "events.ndjson"
    source.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    connection = duckdb.connect(config={"threads": 1})
    for statement in (_VISITS, _LINES):
        connection.execute(statement.format(source=source, folder=folder))
    return connection


def audit(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[Told]:
    return connection.execute(_FOUND.format(folder=folder)).fetchall()
