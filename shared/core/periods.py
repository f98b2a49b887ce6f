"""The benefit year and its initial window: neither a calendar year nor 365 days (NCD 30.3.3 B; AMB-2, AMB-4)."""

from datetime import date

from shared.core.calendar import days_after, first_of_month, new_year_after, years_after
from shared.core.settings import Policy


def next_period(started_on: date, policy: Policy) -> date:
    """The first day on which the period after one begun on `started_on` can begin (AMB-4)."""
    match policy.period_mode.value:
        case "full_months":
            return first_of_month(started_on, policy.period_full_months.value + 1)
        case "days_365":
            return days_after(started_on, policy.period_days.value)
        case "anniversary":
            return years_after(started_on, 1)
        case "calendar_year":
            return new_year_after(started_on)


def window_end(started_on: date, policy: Policy) -> date:
    """The last day of the initial window: its days count from the first session, that day included (AMB-2)."""
    inclusive = policy.initial_window_mode.value != "anchored_next_day"
    return days_after(started_on, policy.initial_window_days.value - (1 if inclusive else 0))
