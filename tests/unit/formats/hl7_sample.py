"""Two visits charged, one of them credited, and a score, in HL7 v2; events/formats holds them as a file.

`python -m tests.unit.formats.hl7_sample` writes the file anew.
"""

from pathlib import Path

from tests.unit.formats.hl7 import a_charge, a_result, ft1, msh

FILE = Path(__file__).parents[3] / "events" / "formats" / "charges-and-results.hl7"


def text() -> str:
    """With line ends for people to read; interface engines mostly write a bare carriage return."""
    visits = a_charge(ft1(), ft1("99213", number=2)), a_charge(ft1(on="20260122"), header=msh(made="20260122200000"))
    credit = a_charge(ft1(type="CR", on="20260122"), header=msh(made="20260125080000"))
    return "".join([*visits, credit, a_result()]).replace("\r", "\n")


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
