"""Files of many claims, 837P as a clinic sends them to Medicare: one needling line each, every value invented."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

_HEAD = (
    "ISA*00*          *00*          *ZZ*CLINIC         *ZZ*PAYER          *250106*0800*^*00501*000000001*0*P*:~"
    "GS*HC*CLINIC*PAYER*20250106*0800*1*X*005010X222A1~"
    "ST*837*0001*005010X222A1~BHT*0019*00*1*20250106*0800*CH~"
    "NM1*41*2*CLINIC*****46*1~NM1*40*2*PAYER*****46*2~HL*1**20*1~NM1*85*2*CLINIC*****XX*1234567893~"
)
_CLAIM = (
    "HL*{level}*1*22*0~SBR*P*18*******MB~NM1*IL*1*DOE*JANE****MI*{mbi}~NM1*PR*2*MEDICARE*****PI*1~"
    "CLM*C{number:06}*40***11:B:1*Y*A*Y*Y~HI*ABK:M5459~NM1*82*1*ROE*RICHARD****XX*1200000010~"
    "LX*1~SV1*HC:20560*{charge}*UN*1***1~DTP*472*D8*{on:%Y%m%d}~"
)
_TAIL = "SE*1*0001~GE*1*1~IEA*1*000000001~"
_EACH = 20  # claims of one patient
START = date(2025, 1, 6)


def claims(count: int, *, bad: Collection[int] = ()) -> Iterator[str]:
    """The file in pieces, `bad` claims of no amount; claim 0 is the first."""
    yield _HEAD
    for number in range(count):
        mbi = f"1EG4TE{number // _EACH % 10}MK{number // _EACH // 10 % 100:02}"
        charge = "forty" if number in bad else "40"
        on = START + timedelta(days=7 * (number % _EACH))
        yield _CLAIM.format(level=number + 2, mbi=mbi, number=number, charge=charge, on=on)
    yield _TAIL


def a_claim_file(count: int, *, bad: Collection[int] = ()) -> bytes:
    return "".join(claims(count, bad=bad)).encode()
