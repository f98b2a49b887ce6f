"""How a file of each format begins, which is told without its reader."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BEFORE_ISA = b" \t\r\n" + _BYTE_ORDER_MARK
_BEFORE_MSH = b"\x0b\x1c\r\n "  # the first two frame a message (MLLP)
_HL7_STARTS = (b"MSH", b"FHS", b"BHS")


def x12(head: bytes) -> bool:
    """It says ISA and then its element separator."""
    begin = head.lstrip(_BEFORE_ISA)[:4]
    return begin.startswith(b"ISA") and not begin.isalnum() and not begin.endswith(b" ")


def hl7v2(head: bytes) -> bool:
    """By the header of a message, file or batch and its delimiters."""
    start = head.removeprefix(_BYTE_ORDER_MARK).lstrip(_BEFORE_MSH)
    return start[:3] in _HL7_STARTS and start[4:5] == b"^"


def fhir(head: bytes) -> bool:
    """FHIR as JSON: an object that names a type of resource, and no event of ours."""
    begins = head.removeprefix(_BYTE_ORDER_MARK).lstrip().startswith(b"{")
    return begins and b'"resourceType"' in head and b'"detail-type"' not in head


def events(head: bytes) -> bool:
    """Events of ours."""
    return head.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1] in (b"{", b"[") and b'"detail-type"' in head
