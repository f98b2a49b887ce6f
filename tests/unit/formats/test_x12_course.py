"""A whole course told in X12, through the core: what claims and payments say is judged, the rest is asked for."""

from datetime import date

from shared.formats.reading import Read
from tests.unit.asking import ask, findings, periods
from tests.unit.formats.x12_course import FORMATS, files
from tests.unit.formats.x12_samples import read

AS_OF = date(2026, 6, 1)
# A claim tells neither of the note nor of a score.
NOT_SAID = {("CLAIM_WITHOUT_VISIT", "violation"), ("NO_BASELINE", "warning"), ("IMPROVEMENT_MISSING", "violation")}
RESTS_ON_IT = {("KX_UNSUPPORTED", "violation")}


def test_the_files_are_the_course() -> None:
    assert {name: (FORMATS / name).read_bytes() for name in files()} == files()


def test_a_course_in_x12_is_judged_on_all_but_what_it_cannot_say() -> None:
    pieces = [piece for content in files().values() for piece in read(content)]
    events = [dict(piece.envelope) for piece in pieces if isinstance(piece, Read)]
    assert len(events) == len(pieces) == 28
    document = ask(events, as_of=AS_OF)
    [period] = periods(document)
    assert (period["sessions_counted"], period["payer_sessions"]) == (14, 14)
    assert {(finding["rule"], finding["severity"]) for finding in findings(document)} == NOT_SAID | RESTS_ON_IT
