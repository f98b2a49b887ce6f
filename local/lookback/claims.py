"""Claim lines as events: DuckDB nets what was told twice or adjusted, and writes every claim as an envelope of ours.

The envelope goes through the same door as any other message; what the table said in another form than ours is refused
there. A claim is judged whole or not at all: a line that cannot be read refuses its claim.
"""

from local.lookback.tables import Table

SOURCE = "ncd-audit.table"  # a reader of ours, whose silence proves nothing

_HEADER = (
    "claim_type",
    "type_of_bill",
    "frequency_code",
    "replaces_claim_id",
    "received_on",
    "payer",
    "billing_npi",
    "diagnoses",
)
_LINE = (
    "line_number",
    "procedure_code",
    "modifiers",
    "units",
    "date_of_service",
    "diagnosis_pointers",
    "line_diagnosis",
    "rendering_npi",
    "place_of_service",
    "charge",
    "status",
    "allowed",
    "paid",
    "patient_responsibility",
    "paid_on",
)

# Tells apart two claims of one number whose rows do not agree in what they say of the whole.
HEADER_MARK = f"CAST(hash({', '.join(_HEADER)}) AS VARCHAR)"


def rows_of(number: int, table: Table) -> str:
    """The rows of the table that stand, of the patients of one shard ($shard of $shards)."""
    told = (
        f"SELECT r.*, p.patient_id FROM rows_{number} r JOIN patients p ON r.patient = p.number "
        "WHERE p.mark % $shards = $shard"
    )
    return told if table.mapping.adjustments is None else _last_tellings(told)


def _last_tellings(told: str) -> str:
    """Of each claim number the last telling, numbered as its version, received when the first was; no cancelled one."""
    return f"""
        SELECT * EXCLUDE (place_in_order, telling, cancelled)
            REPLACE (CAST(place_in_order AS VARCHAR) AS version,
                     min(received_on) OVER (PARTITION BY patient, claim_id) AS received_on)
        FROM (SELECT *, dense_rank() OVER (PARTITION BY patient, claim_id ORDER BY telling) AS place_in_order
              FROM ({told}))
        QUALIFY claim_id IS NULL
            OR (place_in_order = max(place_in_order) OVER (PARTITION BY patient, claim_id) AND NOT cancelled)"""


def claims_of(number: int, table: Table) -> str:
    """A row a claim: whose, which, of how many rows and how many lines, and its lines sorted."""
    line = ", ".join(f"{name}: {name}" for name in _LINE)
    header = ", ".join(_HEADER)
    return f"""
        SELECT patient_id, claim_id, version, {header}, count(*) AS rows_told, any_value({HEADER_MARK}) AS header,
               list_sort(list_distinct(list({{in_order: try_cast(line_number AS BIGINT), {line}}}))) AS lines
        FROM ({rows_of(number, table)})
        GROUP BY patient_id, claim_id, version, {header}"""


def envelopes_of(number: int, table: Table) -> str:
    """Claims, and what the payer made of them where the table knows, as JSON: columns as `events` has them."""
    answers = f"""
        UNION ALL
        SELECT patient_id, {number}, claim_id, version, header, 0, 0, {_REMITTANCE}
        FROM pointed WHERE len(list_filter(lines, lambda line: line.paid IS NOT NULL)) > 0"""
    return f"""
        WITH claims AS ({claims_of(number, table)}),
        pointed AS (SELECT *, {_DIAGNOSES} AS named FROM claims)
        SELECT patient_id, {number} AS source, claim_id, version, header, rows_told, len(lines) AS lines_told,
               {_CLAIM} AS body
        FROM pointed{answers if table.tells("paid") else ""}"""


def _whole(value: str) -> str:
    """A number as JSON; what is none stays text, which the door refuses. "2.0000" is 2."""
    number = f"try_cast({value} AS DECIMAL(38, 6))"
    return f"CASE WHEN {number} = floor({number}) THEN to_json(CAST({number} AS BIGINT)) ELSE to_json({value}) END"


# The claim's diagnoses, and those that only its lines name.
_DIAGNOSES = """list_concat(diagnoses, list_sort(list_distinct(list_filter(
    list_transform(lines, lambda line: line.line_diagnosis),
    lambda code: code IS NOT NULL AND NOT list_contains(diagnoses, code)))))"""

_POINTERS = """CASE
    WHEN line.line_diagnosis IS NOT NULL THEN to_json([list_position(named, line.line_diagnosis)])
    WHEN line.diagnosis_pointers IS NULL THEN to_json(CAST([] AS INTEGER[]))
    WHEN line.diagnosis_pointers = 'all' THEN to_json(range(1, len(named) + 1))
    WHEN regexp_full_match(line.diagnosis_pointers, '[A-L]+')
        THEN to_json(list_transform(string_split(line.diagnosis_pointers, ''), lambda letter: ascii(letter) - 64))
    WHEN regexp_full_match(line.diagnosis_pointers, '[0-9]{1,2}([ ,:;|]+[0-9]{1,2})*')
        THEN to_json(CAST(regexp_split_to_array(line.diagnosis_pointers, '[ ,:;|]+') AS INTEGER[]))
    ELSE to_json(line.diagnosis_pointers) END"""

_CLAIM_LINE = f"""{{
    line_number: {_whole("line.line_number")}, procedure_code: line.procedure_code, modifiers: line.modifiers,
    units: {_whole("line.units")}, date_of_service: line.date_of_service, diagnosis_pointers: {_POINTERS},
    rendering_npi: line.rendering_npi, place_of_service: line.place_of_service, charge: line.charge}}"""

_CLAIM = f"""CAST(to_json({{
    id: claim_id, source: '{SOURCE}', 'detail-type': 'ClaimSubmitted', detail: {{
        claim_id: claim_id, version: {_whole("version")}, patient_id: patient_id, claim_type: claim_type,
        type_of_bill: type_of_bill, frequency_code: frequency_code, replaces_claim_id: replaces_claim_id,
        received_on: received_on, payer: payer, billing_npi: billing_npi, diagnoses: named,
        lines: list_transform(lines, lambda line: {_CLAIM_LINE})}}}}) AS VARCHAR)"""

# Where the table does not say so, a line of which nothing was allowed or paid was denied.
_STATUS = """coalesce(line.status, CASE WHEN coalesce(try_cast(line.allowed AS DOUBLE), 0) = 0
    AND try_cast(line.paid AS DOUBLE) = 0 THEN 'denied' ELSE 'paid' END)"""

_REMITTANCE_LINE = f"""{{
    line_number: {_whole("line.line_number")}, procedure_code: line.procedure_code, status: {_STATUS},
    allowed: coalesce(line.allowed, line.paid), paid: line.paid,
    patient_responsibility: coalesce(line.patient_responsibility, '0.00'),
    adjustments: CAST([] AS VARCHAR[]), rarcs: CAST([] AS VARCHAR[])}}"""

_REMITTANCE = f"""CAST(to_json({{
    id: claim_id, source: '{SOURCE}', 'detail-type': 'RemittanceReceived', detail: {{
        remittance_id: claim_id || ' answered', version: {_whole("version")}, patient_id: patient_id,
        claim_id: claim_id,
        paid_on: coalesce(list_max(list_transform(lines, lambda line: line.paid_on)), received_on),
        lines: list_transform(list_filter(lines, lambda line: line.paid IS NOT NULL),
                              lambda line: {_REMITTANCE_LINE})}}}}) AS VARCHAR)"""
