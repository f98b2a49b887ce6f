"""Documentation: what the note must hold, what the screening found, and the notice of liability."""

from collections.abc import Iterable

from shared.core.chart import Chart
from shared.core.events import VisitRecorded
from shared.core.findings import Verdict, gravest, warning
from shared.core.record import BilledLine
from shared.core.rules.rule import Rule, judged_visits, ncd_lines


def _words(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def documentation_incomplete(visit: VisitRecorded, chart: Chart) -> Verdict | None:
    elements = chart.policy_on(visit.date_of_service).note_elements.value
    missing = [name for name in elements if not getattr(visit.note, name)]
    procedure = visit.procedure
    if procedure and procedure.kind == "dry_needling":
        missing += [name for name in ("needle_gauge", "needle_length_mm") if getattr(procedure, name) is None]
    if not missing:
        return None
    return warning(f"The note lacks: {_words(missing)}.", visit)


def contraindication_present(visit: VisitRecorded, chart: Chart) -> Verdict | None:
    elsewhere = chart.policy_on(visit.date_of_service).screening_judged_elsewhere.value
    found = [name for name in visit.screening or () if name not in elsewhere]
    if not found:
        return None
    return warning(f"The safety screening found: {_words(found)}.", visit)


def abn_invalid(billed: BilledLine, chart: Chart) -> Verdict | None:
    if billed.policy.notice_modifier.value in billed.line.modifiers:
        return _notice(billed, chart)
    return _voluntary_notice(billed, chart)


def _notice(billed: BilledLine, chart: Chart) -> Verdict | None:
    """The notice of the visit of the line's date. Several visits of which none stands out leave the rule silent."""
    visit = chart.visit_of(billed)
    if visit is None:
        none_at_all = billed.on not in chart.needling_visits
        return (
            warning("GA says a notice is on file, but no visit of that date holds one.", billed.claim)
            if none_at_all
            else None
        )
    abn = visit.abn
    if abn is None:
        return warning("GA says a notice is on file, but the visit holds none.", billed.claim, visit)
    late, expired = abn.signed_on > billed.on, abn.form_expires_on is not None and abn.form_expires_on < abn.signed_on
    return gravest(
        warning(f"The notice was signed {abn.signed_on}, after the service.", billed.claim, visit) if late else None,
        warning(
            f"The notice is on a form that expired {abn.form_expires_on}, before it was signed.", billed.claim, visit
        )
        if expired
        else None,
    )


def _voluntary_notice(billed: BilledLine, chart: Chart) -> Verdict | None:
    # AMB-8: read as mandatory, a voluntary notice does not do on a therapist's line. By default either is accepted.
    policy, carried = billed.policy, billed.line.modifiers
    therapist = not policy.therapy_modifiers.value.isdisjoint(carried)
    if policy.pt_abn_mode.value == "either" or not therapist or policy.voluntary_modifier.value not in carried:
        return None
    return warning("A voluntary notice is on a therapist's line where a mandatory one is read to be due.", billed.claim)


RULES = (
    Rule(
        "DOCUMENTATION_INCOMPLETE",
        judged_visits,
        documentation_incomplete,
        means="The note lacks elements that a reviewer asks for.",
        remedy="Have the author complete the note by a dated, signed addendum.",
        cites=("note_elements",),
    ),
    Rule(
        "CONTRAINDICATION_PRESENT",
        judged_visits,
        contraindication_present,
        means="The safety screening found something that speaks against needling.",
        remedy="Check that the note shows how the finding was weighed.",
        cites=("note_elements",),
    ),
    Rule(
        "ABN_INVALID",
        ncd_lines,
        abn_invalid,
        means="The line relies on a notice of liability that is missing, late or on an expired form.",
        remedy="Find the signed notice. Without a valid one bill GZ: the clinic, not the patient, is liable.",
        cites=("notice_modifier", "pt_abn_mode"),
    ),
)
