"""Dates as the rules count them. Sums stop at the ends of the calendar, so that no date of a sender can crash us."""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

_MONTHS = 12


def days_after(day: date, days: int) -> date:
    """`day` + `days` (negative: before)."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def first_of_month(day: date, months: int) -> date:
    """The first day of the month `months` after the month of `day`."""
    years, month = divmod(day.month - 1 + months, _MONTHS)
    if day.year + years > date.max.year:
        return date.max
    return date(day.year + years, month + 1, 1)


def months_after(day: date, months: int) -> date:
    """The same day of the month `months` later, or that month's last day."""
    first = first_of_month(day, months)
    if first == date.max:  # past the end of the calendar
        return first
    _, last = monthrange(first.year, first.month)
    return first.replace(day=min(day.day, last))


@lru_cache
def years_after(day: date, years: int) -> date:
    """The anniversary; of 29 February the 28th."""
    return months_after(day, _MONTHS * years)


def new_year_after(day: date) -> date:
    """The first of January that follows."""
    return first_of_month(day.replace(month=1), _MONTHS)
