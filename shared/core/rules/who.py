"""Who: qualified hands only. The claim shows who billed; the visit shows who held the needle."""

from collections.abc import Sequence

from shared.core.billed_line import BilledLine
from shared.core.chart import Chart
from shared.core.events import VisitRecorded
from shared.core.findings import Verdict, gravest, violation, warning
from shared.core.rules import rendering
from shared.core.rules.reads import LINE
from shared.core.rules.rule import VIOLATION, WARNING, Rule, marked_ncd_lines
from shared.core.rules.unsaid import silent, unsaid
from shared.core.settings import Codes

SECTION = rendering.SECTION
_CREDENTIALS = (*rendering.PERFORMER, "visit.performer.acupuncture_degree", "visit.performer.acupuncture_license")


def non_physicians_visits(chart: Chart) -> Sequence[VisitRecorded]:
    """Judged visits but those of physicians, of whom nothing more is asked; also where no profession is stated."""
    return [visit for visit in chart.judged_visits if not _is_physician(visit, chart)]


def _must_hold_credentials(visit: VisitRecorded, chart: Chart) -> bool:
    """Of those who are no physicians; a person of no named profession only when holding one of the two already."""
    return visit.performer.profession is not None and not _is_stranger(visit, chart)


def _is_physician(visit: VisitRecorded, chart: Chart) -> bool:
    return visit.performer.profession in chart.policy_on(visit.date_of_service).physicians.value


def _is_practitioner(visit: VisitRecorded, chart: Chart) -> bool:
    return visit.performer.profession in chart.policy_on(visit.date_of_service).practitioners.value


def _is_stranger(visit: VisitRecorded, chart: Chart) -> bool:
    """A profession the NCD does not name, without degree and without licence. Not stated counts as not held."""
    policy, performer = chart.policy_on(visit.date_of_service), visit.performer
    named = (*policy.physicians.value, *policy.practitioners.value, *policy.never_rendering.value)
    holds = performer.acupuncture_degree is True or performer.acupuncture_license is not None
    return performer.profession is not None and performer.profession not in named and not holds


def performer_not_eligible(visit: VisitRecorded, chart: Chart) -> Verdict | None:
    profession = visit.performer.profession
    if profession is None:
        return warning(unsaid("the profession of the performer", visit), visit)
    if not _is_stranger(visit, chart):
        return None
    said = (
        f"The needle was held by a performer of profession {profession.replace('_', ' ')!r}, with neither the degree "
        "nor the licence on record that auxiliary personnel need."
    )
    return silent(said, "degree and licence of the performer, who is no physician, PA, NP or CNS", visit)


def credential_missing(visit: VisitRecorded, chart: Chart) -> Verdict | None:
    if not _must_hold_credentials(visit, chart):
        return None
    return gravest(_degree(visit), _licence(visit))


def _degree(visit: VisitRecorded) -> Verdict | None:
    held = visit.performer.acupuncture_degree
    if held is None:
        return warning("Whether the performer holds an ACAOM degree in acupuncture is not stated.", visit)
    return None if held else violation("The performer holds no ACAOM degree in acupuncture.", visit)


def _licence(visit: VisitRecorded) -> Verdict | None:
    held, day = visit.performer.acupuncture_license, visit.date_of_service
    if held is None:
        return warning("A licence of the performer to practise acupuncture is not stated.", visit)
    if not held.unrestricted:
        return violation("The performer's licence to practise acupuncture is restricted.", visit)
    if held.expires_on is None:
        return warning("The expiry of the performer's licence to practise acupuncture is not stated.", visit)
    if held.expires_on < day:
        return violation(f"The performer's licence expired {held.expires_on}, before the visit of {day}.", visit)
    return None


def supervision_missing(visit: VisitRecorded, chart: Chart) -> Verdict | None:
    if not _must_hold_credentials(visit, chart) or _is_practitioner(visit, chart):
        return None
    given = visit.supervision
    if given is None:
        return silent("No supervision of the auxiliary performer is recorded.", "the supervision of the visit", visit)
    policy, place = chart.policy_on(visit.date_of_service), visit.place_of_service
    office, hospital = policy.office_supervision.value, policy.hospital_supervision.value
    if place is None and (given.mode in office) != (given.mode in hospital):
        return warning(unsaid("the place of service, on which the supervision due depends", visit), visit)
    enough = hospital if place in policy.hospital_places.value else office
    return None if given.mode in enough else _too_little(visit, given.mode, enough)


def _too_little(visit: VisitRecorded, mode: str, enough: Codes) -> Verdict:
    place = visit.place_of_service or "not stated"
    return violation(
        f"Supervision was {mode.replace('_', ' ')}; place of service {place} needs one of: "
        f"{', '.join(mode.replace('_', ' ') for mode in enough)}.",
        visit,
    )


def therapy_modifier(billed: BilledLine, chart: Chart) -> Verdict | None:
    found = [modifier for modifier in billed.line.modifiers if modifier in billed.policy.therapy_modifiers.value]
    if not found:
        return None
    return warning(f"The line carries {', '.join(found)}: therapy is no coverage here.", billed.claim)


RULES = (
    Rule(
        "PERFORMER_NOT_ELIGIBLE",
        non_physicians_visits,
        performer_not_eligible,
        section=SECTION,
        means=rendering.NOT_ELIGIBLE,
        arises="The performer of a judged visit is none of `physicians` and `practitioners` and no acupuncturist, and "
        "has neither of the `credentials` of auxiliary personnel on record. Not stated counts as not held. Warning "
        "where the record is a reader's, whose format cannot state them or not even the profession.",
        severities=(VIOLATION, WARNING),
        remedy="Not covered. If the performer holds the degree and an acupuncture licence, record both; "
        "otherwise return any payment and schedule an eligible performer.",
        cites=("credentials", "practitioners", "physicians"),
        reads=_CREDENTIALS,
        denial="provider_not_allowed",
    ),
    *rendering.RULES,
    Rule(
        "CREDENTIAL_MISSING",
        non_physicians_visits,
        credential_missing,
        section=SECTION,
        means="The degree or licence the performer must hold is missing, restricted, expired or not on record.",
        arises="One of the `practitioners`, an acupuncturist, or another who holds one of the two `credentials`, lacks "
        "the degree, or the licence is restricted or had expired by that date. Warning where that is not stated.",
        severities=(VIOLATION, WARNING),
        remedy="Obtain and record the degree and the licence as of the date of the visit. If one was not held, the "
        "service is not covered: return any payment.",
        cites=("credentials",),
        reads=_CREDENTIALS,
        denial="provider_not_allowed",
    ),
    Rule(
        "SUPERVISION_MISSING",
        non_physicians_visits,
        supervision_missing,
        section=SECTION,
        means="Auxiliary personnel worked without the supervision that the place of service requires.",
        arises="The performer is auxiliary personnel, and the supervision recorded is none of `office_supervision`, or "
        "in one of `hospital_places` none of `hospital_supervision`. Not stated counts as not supervised. Warning "
        "where the record is a reader's, whose format cannot state it or the place.",
        severities=(VIOLATION, WARNING),
        remedy="If the supervision took place, document by whom and how (a dated addendum); otherwise not covered.",
        cites=("supervision_required", "office_supervision", "hospital_supervision"),
        reads=(*_CREDENTIALS, "visit.place_of_service", "visit.supervision.mode"),
        denial="review_denial",
    ),
    Rule(
        "THERAPY_MODIFIER",
        marked_ncd_lines,
        therapy_modifier,
        section=SECTION,
        means="A therapy modifier is on a needling line; KX beside it means something else.",
        arises="A needling line carries one of `therapy_modifiers`.",
        severities=(WARNING,),
        remedy="Check who furnished the service. If it falls under the NCD, remove the therapy modifier.",
        cites=("therapy_modifiers",),
        reads=(*LINE, "claim.lines.modifiers"),
    ),
)
