"""Observation and QuestionnaireResponse -> MeasureRecorded, one for each score, in whatever shape the value comes.

A score is a record of its own and never part of the visit, so that it means the same whether it came in the visit's
Bundle or alone.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from shared.core.errors import Reason
from shared.formats.fhir.dates import day, version
from shared.formats.fhir.elements import Coding, Concept, Element, Many, Number, Period, Quantity, Reference, Resource
from shared.formats.fhir.people import patient_id
from shared.formats.fhir.shelf import Entry, Shelf, identity
from shared.formats.fhir.source import SOURCE
from shared.formats.measures import LOINC, Score, in_scale, instrument_of, instrument_of_question, ordinal
from shared.formats.piecework import Incomplete, Unfit, checked, envelope
from shared.formats.reading import Piece

_FINAL = {"final", "amended", "corrected", "completed"}
_ERROR = "entered-in-error"
_WEIGHTS = (
    "http://hl7.org/fhir/StructureDefinition/itemWeight",
    "http://hl7.org/fhir/StructureDefinition/ordinalValue",
)
_NO_SCORE = "holds no score of an instrument that this audit knows"


class Value(Element):
    """value[x] of an Observation, its component or an answer."""

    value_integer: int | None = None
    value_decimal: Number | None = None
    value_quantity: Quantity | None = None
    value_codeable_concept: Concept | None = None
    value_coding: Coding | None = None

    def score(self, instrument: str, path: str) -> Score:
        """Whichever shape it has."""
        if self.value_quantity and self.value_quantity.value is not None:
            unit = self.value_quantity.code or self.value_quantity.unit
            return in_scale(instrument, self.value_quantity.value, unit, f"{path}.valueQuantity")
        number = self.value_integer if self.value_integer is not None else self.value_decimal
        codings = [self.value_coding] if self.value_coding else []
        if self.value_codeable_concept:
            codings += self.value_codeable_concept.coding
        weights = (weight for coding in codings if (weight := _weight(coding)) is not None)
        number = number if number is not None else next(weights, None)
        if number is None:
            raise Unfit(Reason.MISSING_FIELD, f"{path}.value")
        return in_scale(instrument, number, None, path)


def _weight(coding: Coding) -> Number | None:
    """The number a coded answer stands for: told beside it, else by LOINC."""
    told = (it.value_decimal for it in coding.extension if it.url in _WEIGHTS and it.value_decimal is not None)
    return next(told, None) if coding.system != LOINC else next(told, ordinal(coding.code or ""))


class Component(Value):
    code: Concept = Concept()


class Observation(Resource, Component):
    status: str
    subject: Reference | None = None
    effective_date_time: str | None = None
    effective_instant: str | None = None
    effective_period: Period = Period()
    component: Many[Component] = ()

    @property
    def effective(self) -> str | None:
        return self.effective_date_time or self.effective_instant or self.effective_period.start

    def scores(self) -> Iterator[Score]:
        """Its own and those of its components."""
        parts: list[tuple[Component, str]] = [(self, "Observation")]
        parts += [(part, f"component[{number}]") for number, part in enumerate(self.component)]
        for part, path in parts:
            instruments = {name for code in part.code.codes(LOINC) if (name := instrument_of(code))}
            for instrument in sorted(instruments):
                yield part.score(instrument, path)


class Question(Element):
    link_id: str
    answer: Many["Answer"] = ()
    item: Many["Question"] = ()


class Answer(Value):
    item: Many[Question] = ()


class QuestionnaireResponse(Resource):
    status: str
    questionnaire: str | None = None
    subject: Reference | None = None
    authored: str | None = None
    item: Many[Question] = ()

    def scores(self) -> Iterator[Score]:
        for path, question in _questions(self.item, "item"):
            instrument = instrument_of_question(self.questionnaire or "", question.link_id)
            if instrument and len(question.answer) > 1:
                raise Unfit(Reason.AMBIGUOUS, f"{path}.answer")
            if instrument and question.answer:
                yield question.answer[0].score(instrument, f"{path}.answer[0]")


def _questions(items: Iterable[Question], path: str) -> Iterator[tuple[str, Question]]:
    """Every question, also those within groups and answers."""
    for number, question in enumerate(items):
        here = f"{path}[{number}]"
        yield here, question
        yield from _questions(question.item, f"{here}.item")
        for position, answer in enumerate(question.answer):
            yield from _questions(answer.item, f"{here}.answer[{position}].item")


def of_observation(shelf: Shelf, entry: Entry) -> Iterator[Piece]:
    observation = entry.read(Observation)
    yield from _measures(shelf, entry, observation, observation.effective, "effective")


def of_response(shelf: Shelf, entry: Entry) -> Iterator[Piece]:
    response = entry.read(QuestionnaireResponse)
    yield from _measures(shelf, entry, response, response.authored, "authored")


def _measures(
    shelf: Shelf, entry: Entry, told: Observation | QuestionnaireResponse, when: str | None, path: str
) -> Iterator[Piece]:
    if told.status not in {*_FINAL, _ERROR}:
        raise Incomplete("is not final: a later version will tell what was measured")
    scores = list(told.scores())
    if not scores:
        raise Incomplete(_NO_SCORE)
    if len({score.instrument for score in scores}) < len(scores):
        raise Unfit(Reason.AMBIGUOUS, "two scores of one instrument")
    patient, assessed_on = patient_id(shelf, told.subject, entry, "subject"), day(when, path)
    common = {"version": version(told.meta), "status": _status(told), "patient_id": patient, "assessed_on": assessed_on}
    for score in scores:
        yield _measure(entry, common | score._asdict())


def _status(told: Observation | QuestionnaireResponse) -> str:
    return _ERROR if told.status == _ERROR else "final"


def _measure(entry: Entry, detail: dict[str, Any]) -> Piece:
    """Named by its instrument too, so that a response that gains a second score keeps the name of the first."""
    measure_id = f"{identity(entry)}#{detail['instrument']}"
    event = envelope(SOURCE, "MeasureRecorded", measure_id, detail["assessed_on"], {"measure_id": measure_id} | detail)
    return checked(event, entry.place, entry.as_it_came)
