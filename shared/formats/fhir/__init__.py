"""FHIR R4: what an EHR or a payer says of visits, scores, claims and payments, as JSON.

Nothing is imported here: receive_fhir reads a notification while its sender waits, and needs no reader of claims.
"""
