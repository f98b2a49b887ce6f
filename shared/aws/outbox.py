"""The way out of a case file: announce what its pending entries say, carry them to the trail, clear them.

What people need not hear at once is put off before the rest is sent: shared/aws/later.py.

In this order a crash anywhere repeats and never loses. An entry gets an item of its own only once all its alerts were
taken, so whoever comes next announces just those that have none; and it leaves the case file only once it has one,
and only if nobody wrote the case file since: who did kept it beside the entry of his own, and that change is announced
next. The stream's consumer and the sweep both go this way, side by side if need be: then an alert is heard twice, by
one id.
"""

from collections.abc import Mapping, Sequence

from shared.aws.announcing import Announcer
from shared.aws.errors import TrailForked
from shared.aws.items import Item, pending, trail_key
from shared.aws.keys import patient_of
from shared.aws.later import later_table
from shared.aws.mailing import manner
from shared.aws.trail import TrailTable
from shared.core.alerts import Alert, alerts_of
from shared.core.trail import Entry


def send(item: Item, trail: TrailTable, announcer: Announcer) -> Sequence[Alert]:
    """What was announced of the case file, as it was read from the table or its stream."""
    entries, patient_id = pending(item), patient_of(item["pk"]["S"])
    if not entries:
        return ()
    carried = trail.carried(patient_id, entries[0].head.seq)
    said = [alert for entry in entries for alert in _said(entry, patient_id, carried, trail, announcer)]
    trail.clear(item)
    return said


def send_of(patient_id: str, trail: TrailTable, announcer: Announcer) -> bool:
    """The same of a patient of whom something waits, perhaps no longer."""
    item = trail.table.case_item(patient_id)
    if item is None or not pending(item):
        return False
    send(item, trail, announcer)
    return True


def _said(
    entry: Entry, patient_id: str, carried: Mapping[str, str], trail: TrailTable, announcer: Announcer
) -> Sequence[Alert]:
    number = entry.head.seq
    if (known := carried.get(trail_key(number))) is not None:
        if known != entry.hash:
            raise TrailForked(number)
        return ()
    said = alerts_of(entry.step)
    heard = manner().sort_out(said, entry.step.recorded_at)
    announcer.tell_machines(said)
    if heard.later:
        later_table().put_off(patient_id, number, heard)
    announcer.tell_people(heard.at_once)
    trail.keep(patient_id, entry)
    return said
