"""Fields that several rules rest on, by kind of record: what the trace of a finding shows of its evidence."""

Reads = tuple[str, ...]

LINE: Reads = ("claim.lines.procedure_code", "claim.lines.date_of_service")
BILLER: Reads = (*LINE, "claim.claim_type", "claim.lines.rendering_npi")
POINTED: Reads = (*LINE, "claim.claim_type", "claim.diagnoses", "claim.lines.diagnosis_pointers")
NEEDLING: Reads = ("visit.date_of_service", "visit.procedure.kind")
LOW_BACK: Reads = ("visit.date_of_service", "visit.diagnoses")
ONSET: Reads = ("visit.condition.onset_date",)

# What makes a date a session and gives it its number.
COUNT: Reads = (
    *LOW_BACK,
    *ONSET,
    "visit.payer",
    *LINE,
    "claim.diagnoses",
    "claim.payer",
    "eligibility.external_sessions.count",
    "eligibility.external_sessions.first_on",
    "eligibility.external_sessions.last_on",
)
SCORES: Reads = (
    "visit.measures.instrument",
    "visit.measures.score",
    "visit.measures.assessed_on",
    "measure.instrument",
    "measure.score",
    "measure.assessed_on",
)
KX: Reads = ("claim.lines.modifiers",)

# What a violation may cost.
MONEY: Reads = ("claim.lines.charge", "remittance.paid_on", "remittance.lines.paid")
