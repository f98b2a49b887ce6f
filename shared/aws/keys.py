"""The key of a patient's partition, in the table of case files and in that of the list."""


def partition(patient_id: str) -> str:
    return f"patient#{patient_id}"


def patient_of(pk: str) -> str:
    return pk.removeprefix("patient#")
