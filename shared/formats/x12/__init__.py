"""X12 005010 as clinics have it: claims (837 professional and institutional) and what the payer made of them (835).

Theory: a file is a stream of segments (`segments`), these are gathered to blocks that begin where something new begins
(`blocks`), and an envelope, a level of the hierarchy, a claim or a payment is read from one block each. A claim is read
with what the blocks before it said of the sender and the patient. What is refused is a block: one claim, one payment.

No implementation guide is copied here; segments and elements are named as in 005010X222, X223 and X221.
"""

from shared.formats.x12.files import read

__all__ = ["read"]
