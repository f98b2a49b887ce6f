"""Addresses of the desk's page, where an operator said under which one officers open it."""

from urllib.parse import quote


def patient_link(desk: str, patient_id: str) -> str:
    return f"{desk.rstrip('/')}/#/patients/{quote(patient_id, safe='')}" if desk else ""


def finding_link(desk: str, patient_id: str, finding_id: str) -> str:
    return f"{patient_link(desk, patient_id)}/findings/{finding_id}" if desk else ""
