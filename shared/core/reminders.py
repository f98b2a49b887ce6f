"""What a reminder says: an overpayment that a person identified falls due. No diagnosis and no date of service."""

from dataclasses import dataclass
from datetime import date

from shared.core.chat import Notice, Thread, notice
from shared.core.links import finding_link
from shared.core.policy import Policies
from shared.core.row import Row
from shared.core.workflow import Workflow

_SUBJECT_LIMIT = 100  # SNS takes no longer subject of an e-mail


@dataclass(frozen=True)
class Reminder:
    """For people, by the topic; `reminder_id` is the same however often the day's run is repeated."""

    reminder_id: str
    subject: str
    body: str
    chat: Notice


def furthest(law: Policies, today: date) -> int:
    """So many days before an overpayment falls due the first reminder is sent."""
    return max(law.on(today).reminder_days.value)


def reminder(row: Row, law: Policies, today: date, desk: str = "") -> Reminder | None:
    """The reminder that is due today, if any: on the days of the policy before the date, and every day after it."""
    if row.due_on is None or row.on_day(today) is Workflow.RESOLVED:
        return None
    left = (row.due_on - today).days
    if left >= 0 and left not in law.on(today).reminder_days.value:
        return None
    when, name = _when(left), f"{row.finding_id}-{row.due_on}-{today}"
    subject = f"[repayment {when}] {row.rule}: patient {row.patient_id}".encode("ascii", "replace").decode()
    text, link = _text(row, when), finding_link(desk, row.patient_id, row.finding_id)
    thread = Thread(row.patient_id, f"{row.rule} repayment {when}", "RepaymentReminder")
    chat = notice((subject, text), thread, (link,), (row.rule, "repayment"), {"finding_id": row.finding_id})
    return Reminder(name, subject[:_SUBJECT_LIMIT], f"{text}\n{link}".strip() + "\n", chat)


def _text(row: Row, when: str) -> str:
    return (
        f"An overpayment that was identified on {row.identified_on} must be reported and returned by {row.due_on} "
        f"({when}; 42 CFR 401.305).\nFinding {row.finding_id}, revision {row.revision}. Open it at the desk: return "
        "the money and resolve the finding, or say since when a good-faith investigation runs."
    )


def _when(left: int) -> str:
    if left < 0:
        return "overdue for 1 day" if left == -1 else f"overdue for {-left} days"
    match left:
        case 0:
            return "today"
        case 1:
            return "tomorrow"
    return f"in {left} days"
