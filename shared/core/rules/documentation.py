"""Documentation: what the note must hold, what the screening found, and the notice of liability."""

from collections.abc import Iterable, Sequence

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.events import VisitRecorded
from shared.core.findings import Verdict, gravest, warning
from shared.core.rules.denial import form_expired, signed_late
from shared.core.rules.reads import LINE, NEEDLING
from shared.core.rules.rule import WARNING, Rule, judged_visits, marked_ncd_lines
from shared.core.rules.unsaid import unsaid
from shared.core.visits import Procedure

SECTION = "Documentation"


def _words(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def documentation_incomplete(visit: VisitRecorded, chart: Chart) -> Verdict | None:
    note = vars(visit.note)
    unheld = [name for name in chart.policy_on(visit.date_of_service).note_elements.value if not note[name]]
    needle = _needle_not_stated(visit.procedure)
    if not unheld and not needle:
        return None
    missing, open_ = ([name for name in unheld if note[name] is held] for held in (False, None))
    lacking = open_ if visit.by_reader else missing
    lacking += needle
    said = [f"The note lacks: {_words(missing)}."] if missing else []
    said += [unsaid(f"whether the note holds {_words(open_)}", visit)] if open_ else []
    return warning(" ".join(said), visit)


def _needle_not_stated(procedure: Procedure | None) -> Sequence[str]:
    """Of dry needling, what is not said of the needle."""
    if procedure is None or procedure.kind != "dry_needling":
        return ()
    return [name for name in ("needle_gauge", "needle_length_mm") if getattr(procedure, name) is None]


def screened_visits(chart: Chart) -> Sequence[VisitRecorded]:
    """Judged visits whose screening found something."""
    return [visit for visit in chart.judged_visits if visit.screening]


def contraindication_present(visit: VisitRecorded, chart: Chart) -> Verdict | None:
    elsewhere = chart.policy_on(visit.date_of_service).screening_judged_elsewhere.value
    found = [name for name in visit.screening or () if name not in elsewhere]
    if not found:
        return None
    return warning(f"The safety screening found: {_words(found)}.", visit)


def abn_invalid(billed: BilledLine, chart: Chart) -> Verdict | None:
    if billed.policy.notice_modifier.value in billed.line.modifiers:
        return _notice(billed, chart)
    return _voluntary_notice(billed)


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
    return gravest(
        warning(f"The notice was signed {abn.signed_on}, after the service.", billed.claim, visit)
        if signed_late(abn, billed.on)
        else None,
        warning(
            f"The notice is on a form that expired {abn.form_expires_on}, before it was signed.", billed.claim, visit
        )
        if form_expired(abn)
        else None,
    )


def _voluntary_notice(billed: BilledLine) -> Verdict | None:
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
        section=SECTION,
        means="The note lacks elements that a reviewer asks for.",
        arises="One or more of `note_elements` is not in the note, or the gauge or length of the needle of a dry "
        "needling is not stated. The finding lists what is missing, and what a reader's format cannot state.",
        severities=(WARNING,),
        remedy="Have the author complete the note by a dated, signed addendum.",
        cites=("note_elements",),
        reads=(
            *NEEDLING,
            "visit.note.indication",
            "visit.note.informed_consent",
            "visit.note.safety_screening",
            "visit.note.technique",
            "visit.note.patient_response",
            "visit.note.signed",
            "visit.procedure.needle_gauge",
            "visit.procedure.needle_length_mm",
        ),
    ),
    Rule(
        "CONTRAINDICATION_PRESENT",
        screened_visits,
        contraindication_present,
        section=SECTION,
        means="The safety screening found something that speaks against needling.",
        arises="The screening found anything but `screening_judged_elsewhere`. A screening that is not stated is "
        "silent: whether it took place is one of `note_elements`.",
        severities=(WARNING,),
        remedy="Check that the note shows how the finding was weighed.",
        cites=("note_elements",),
        reads=(*NEEDLING, "visit.screening"),
    ),
    Rule(
        "ABN_INVALID",
        marked_ncd_lines,
        abn_invalid,
        section=SECTION,
        means="The line relies on a notice of liability that is missing, late or on an expired form.",
        arises="A needling line carries `notice_modifier`, and the visit of its date has no notice, or one signed "
        "after the service or on a form that had expired when it was signed; or there is no visit. `pt_abn_mode` can "
        "also question `voluntary_modifier` beside one of `therapy_modifiers`.",
        severities=(WARNING,),
        remedy="Find the signed notice. Without a valid one bill GZ: the clinic, not the patient, is liable.",
        cites=("notice_modifier", "pt_abn_mode"),
        reads=(*LINE, "claim.lines.modifiers", "visit.abn.signed_on", "visit.abn.form_expires_on"),
    ),
)
