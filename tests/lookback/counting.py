"""The counting rules once more, in SQL alone, by someone who has read rules.md but not our code.

Sessions, their periods and numbers, KX, the initial window and the limit of a period; of visits and claims as they were
told, in any order and however often. Sessions furnished elsewhere and improvement are left to the other tests.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import duckdb

Counted = tuple[str, str, str, str]

_TOLD = """
CREATE TABLE told AS
SELECT DISTINCT json_extract_string(line, '$."detail-type"') AS kind, json_extract(line, '$.detail') AS detail
FROM lines
"""

_VISITS = """
CREATE TABLE visits AS
SELECT * EXCLUDE (version, status) FROM (
    SELECT detail->>'patient_id' AS patient, detail->>'visit_id' AS id, CAST(detail->>'date_of_service' AS DATE) AS day,
           CAST(detail->'diagnoses' AS VARCHAR[]) AS dx, CAST(detail->>'$.condition.onset_date' AS DATE) AS onset,
           coalesce('true' IN (coalesce(detail->>'$.condition.systemic_cause', ''),
                               coalesce(detail->>'$.condition.due_to_surgery', ''),
                               coalesce(detail->>'$.condition.due_to_pregnancy', '')), false) AS excluded,
           json_type(detail, '$.procedure') = 'OBJECT' AS needled,
           detail->>'payer' AS payer, detail->>'status' AS status, CAST(detail->>'version' AS INTEGER) AS version
    FROM told WHERE kind = 'VisitRecorded')
QUALIFY version = max(version) OVER (PARTITION BY patient, id) AND status = 'completed'
"""

_CLAIMS = """
CREATE TABLE claims AS
SELECT * EXCLUDE (version) FROM (
    SELECT detail->>'patient_id' AS patient, detail->>'claim_id' AS id, detail->>'frequency_code' AS frequency,
           detail->>'replaces_claim_id' AS replaces, detail->>'payer' AS payer,
           CAST(detail->'diagnoses' AS VARCHAR[]) AS dx, CAST(detail->>'version' AS INTEGER) AS version,
           CAST(detail->'lines' AS JSON[]) AS lines
    FROM told WHERE kind = 'ClaimSubmitted')
QUALIFY version = max(version) OVER (PARTITION BY patient, id)
"""

_COVERED = """
CREATE TABLE covered AS
SELECT patient, id, day, number, kx, payer FROM (
    SELECT c.patient, c.id, c.payer, c.dx, CAST(l->>'date_of_service' AS DATE) AS day, l->>'line_number' AS number,
           l->>'procedure_code' AS code, list_contains(CAST(l->'modifiers' AS VARCHAR[]), 'KX') AS kx
    FROM claims c, unnest(c.lines) AS each(l)
    WHERE c.frequency <> '8' AND NOT EXISTS (
        FROM claims r WHERE r.patient = c.patient AND r.frequency IN ('7', '8') AND r.replaces = c.id AND r.id <> c.id))
WHERE payer = 'medicare_ffs' AND day >= DATE '2020-01-21'
  AND code IN ('97810', '97811', '97813', '97814', '20560', '20561')
  AND list_has_any(dx, CASE WHEN day < DATE '2021-10-01' THEN ['M54.5'] ELSE ['M54.50', 'M54.51', 'M54.59'] END)
"""

_SESSIONS = """
CREATE TABLE clbp AS
SELECT v.patient, v.day FROM visits v
WHERE v.needled AND v.payer = 'medicare_ffs' AND v.day >= DATE '2020-01-21' AND NOT v.excluded
  AND len(list_filter(v.dx, lambda code: starts_with(code, 'M54.5'))) > 0
  AND len(list_filter(v.dx, lambda code: regexp_matches(
        code, '^(C[0-8]|C9[0-6]|M45|M46|M96\\.1|G89\\.18|G89\\.28|O26\\.89|O99\\.89)'))) = 0
  AND coalesce(v.day - coalesce(v.onset, (
        SELECT arg_max(e.onset, (e.day, e.id)) FROM visits e
        WHERE e.patient = v.patient AND e.day < v.day AND e.onset IS NOT NULL)), 84) >= 84;
CREATE TABLE sessions AS
SELECT patient, day FROM clbp
UNION
SELECT patient, day FROM covered
WHERE (patient, day) NOT IN (SELECT (patient, day) FROM visits WHERE needled)
"""

_NUMBERED = """
CREATE TABLE numbered AS
WITH RECURSIVE periods AS (
    SELECT patient, min(day) AS began FROM sessions GROUP BY patient
    UNION ALL
    SELECT p.patient, min(s.day) FROM periods p JOIN sessions s
        ON s.patient = p.patient AND s.day >= date_trunc('month', p.began) + INTERVAL 12 MONTH
    GROUP BY p.patient)
SELECT s.patient, s.day, p.began, row_number() OVER (PARTITION BY s.patient, p.began ORDER BY s.day) AS number
FROM sessions s ASOF JOIN periods p ON s.patient = p.patient AND s.day >= p.began
"""

_FOUND = """
SELECT 'OVER_ANNUAL_LIMIT', patient, CAST(day AS VARCHAR), '' FROM numbered WHERE number > 20
UNION ALL
SELECT 'OUTSIDE_INITIAL_WINDOW', patient, CAST(day AS VARCHAR), '' FROM numbered WHERE number <= 12 AND day > began + 89
UNION ALL
SELECT 'KX_MISSING', patient, CAST(day AS VARCHAR), id || '/' || covered.number
FROM covered JOIN numbered USING (patient, day) WHERE numbered.number BETWEEN 13 AND 20 AND NOT kx
UNION ALL
SELECT 'KX_UNNEEDED', patient, CAST(day AS VARCHAR), id || '/' || covered.number
FROM covered JOIN numbered USING (patient, day) WHERE numbered.number <= 12 AND kx
"""

RULES = frozenset({"OVER_ANNUAL_LIMIT", "OUTSIDE_INITIAL_WINDOW", "KX_MISSING", "KX_UNNEEDED"})

# The same of a plain table of claim lines, without visits.
_NO_VISITS = "CREATE TABLE visits (patient VARCHAR, id VARCHAR, day DATE, dx VARCHAR[], onset DATE, excluded BOOLEAN, "
_NO_VISITS += "needled BOOLEAN, payer VARCHAR)"
_COVERED_IN_TABLE = """
CREATE TABLE covered AS
SELECT DISTINCT patient_id AS patient, claim_id AS id, date_of_service AS day, line_number AS number,
       coalesce(modifier_1 = 'KX', false) AS kx
FROM read_parquet($1) AS c
WHERE procedure_code IN ('97810', '97811', '97813', '97814', '20560', '20561') AND frequency_code <> '8'
  AND date_of_service >= DATE '2020-01-21'
  AND CASE WHEN date_of_service < DATE '2021-10-01' THEN dx_1 = 'M545' ELSE dx_1 IN ('M5450', 'M5451', 'M5459') END
  AND NOT EXISTS (FROM read_parquet($1) AS r WHERE r.patient_id = c.patient_id AND r.replaces_claim_id = c.claim_id)
"""


def counted(messages: Iterable[str], file: Path) -> list[Counted]:
    """What the counting rules find in events."""
    file.write_text("".join(json.dumps({"line": line}) + "\n" for line in messages))
    reading = "CREATE TABLE lines AS FROM read_json($1, format='newline_delimited', columns={line: 'VARCHAR'})"
    with duckdb.connect() as connection:
        connection.execute(reading, [str(file)])
        return _found(connection, (_TOLD, _VISITS, _CLAIMS, _COVERED))


def counted_in_table(connection: duckdb.DuckDBPyConnection, file: Path) -> list[Counted]:
    """What they find in a Parquet table of claim lines."""
    connection.execute(_COVERED_IN_TABLE, [str(file)])
    return _found(connection, (_NO_VISITS,))


def _found(connection: duckdb.DuckDBPyConnection, first: Iterable[str]) -> list[Counted]:
    for statement in (*first, _SESSIONS, _NUMBERED):
        connection.execute(statement)
    return sorted(connection.execute(_FOUND).fetchall())
