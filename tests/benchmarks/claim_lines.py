"""Claim lines of years by seed, in the order in which a payer received them: six codes are a few per cent of them.

A needled patient has a course of treatment, KX mostly where it belongs, a diagnosis that is sometimes another, claims
voided and replaced, and as many lines of other care as anybody.
"""

from pathlib import Path

import duckdb

OTHERS = 20  # lines of a patient that are no needling, over six years
NEEDLED = 26  # of so many patients one is needled
COURSE = 20  # sessions on average

# Everything is a hash of the seed and a number: the same on every machine and whatever the number of threads.
_GENERATED = """
CREATE MACRO pick(n, what, choices) AS CAST(hash(n, what, $seed) % choices AS INTEGER);
CREATE TABLE lines AS
WITH others AS (
    SELECT i // {others} AS p, DATE '2020-06-01' + pick(i // 2, 'day', 2100) AS day,
           'B-' || (i // 2) AS claim_id, CAST(i % 2 + 1 AS INTEGER) AS line_number, '1' AS frequency_code,
           NULL AS replaces_claim_id,
           ['99213', '99214', '97140', '97110', '36415', '80053', '71046', '93000'][1 + pick(i, 'code', 8)] AS code,
           ['I10', 'E119', 'M1711', 'J069', 'N390'][1 + pick(i // 2, 'dx', 5)] AS dx, NULL AS modifier
    FROM range({lines}) AS all_of(i)),
courses AS (
    SELECT p, DATE '2021-01-04' + pick(p, 'start', 1500) AS began, 3 + pick(p, 'every', 6)
           AS every, 10 + pick(p, 'length', 21) AS length,
           1 + pick(p, 'code', 6) AS code
    FROM range({lines} // {others}) AS patients(p) WHERE pick(p, 'needled', {needled}) = 0),
needling AS (
    SELECT p, began + CAST(s * every AS INTEGER) AS day, 'N-' || p || '-' || s AS claim_id, 1, '1', NULL,
           ['20560', '20561', '20560', '97810', '97813', '20561'][code],
           CASE WHEN pick(p, 'dx', 20) = 0 THEN 'M542' WHEN began + CAST(s * every AS INTEGER) < DATE '2021-10-01'
                THEN 'M545' ELSE 'M5459' END,
           CASE WHEN s >= 12 AND pick(p * 100 + s, 'kx', 10) > 0 OR pick(p * 100 + s, 'early', 60) = 0 THEN 'KX' END
    FROM courses, unnest(range(length)) AS sessions(s)),
changed AS (
    SELECT p, day, claim_id || 'v', line_number, CASE WHEN pick(p, 'void', 2) = 0 THEN '8' ELSE '7' END, claim_id,
           code, dx, modifier
    FROM (SELECT p, day, claim_id, 1 AS line_number, code, dx, modifier
          FROM needling AS n(p, day, claim_id, line_number, f, r, code, dx, modifier))
    WHERE hash(claim_id, $seed) % 80 = 0)
FROM others UNION ALL FROM needling UNION ALL FROM changed;
COPY (
    SELECT 'P-' || p AS patient_id, claim_id, frequency_code, replaces_claim_id, line_number, code AS procedure_code,
           modifier AS modifier_1, 1 AS units, day AS date_of_service, day + 5 AS received_on, dx AS dx_1,
           'A' AS diagnosis_pointers, '12345' || lpad(CAST(pick(p, 'npi', 400) AS VARCHAR), 5, '0') AS rendering_npi,
           '1234567893' AS billing_npi, '11' AS place_of_service,
           CAST(40 + pick(p, 'charge', 60) AS DECIMAL(9, 2)) AS charge
    FROM lines ORDER BY received_on, hash(claim_id, $seed)
) TO '{file}' (FORMAT parquet)
"""


def generate(file: Path, lines: int, seed: int) -> None:
    """About so many claim lines as Parquet, in the order in which a payer received them."""
    others = round(lines / (1 + COURSE / OTHERS / NEEDLED))
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '4GB'")
        filled = _GENERATED.format(lines=others, others=OTHERS, needled=NEEDLED, file=file).replace("$seed", str(seed))
        connection.execute(filled)
