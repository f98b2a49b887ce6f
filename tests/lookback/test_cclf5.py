"""CCLF5 as ACOs receive it: fixed width, one record a claim line, told again whenever CMS adjusts the claim."""

from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest

from local.identity import identity
from local.lookback.mapping import mapping_named
from shared.formats.identifiers import MBI
from tests.lookback.archives import audited, refused

AS_OF = date(2026, 3, 1)
FIRST = date(2025, 1, 6)
BENEFICIARY = "1EG4TE5MK73"
RECORD = 385  # as long as the layout of today; we read up to 360
LAYOUT = mapping_named("cclf5").layout

# Where the fields stand in CMS's table of the file, as an independent reading of it: first position and length.
PLACES = {
    "cur_clm_uniq_id": (1, 13),
    "clm_line_hcpcs_cd": (98, 5),
    "clm_cntl_num": (172, 40),
    "clm_dgns_12_cd": (354, 7),
}


def record(day: date = FIRST, /, **told: str) -> str:
    """A needling line, paid, of a claim that was told once."""
    number = told.get("clm_cntl_num", f"CN{day:%Y%m%d}")
    fields = {
        "cur_clm_uniq_id": f"{day:%Y%m%d}00001",
        "clm_line_num": "1",
        "bene_mbi_id": BENEFICIARY,
        "clm_pos_cd": "11",
        "clm_line_from_dt": str(day),
        "clm_line_hcpcs_cd": "20560",
        "clm_line_cvrd_pd_amt": "20.40",
        "clm_line_dgns_cd": "M5459",
        "rndrg_prvdr_npi_num": "1200000010",
        "clm_carr_pmt_dnl_cd": "1",
        "clm_adjsmt_type_cd": "0",
        "clm_efctv_dt": str(day + timedelta(days=14)),
        "clm_cntl_num": number,
        "clm_line_alowd_chrg_amt": "25.50",
        "clm_line_srvc_unit_qty": "1.0000",
        "clm_dgns_1_cd": "M5459",
    }
    line = [" "] * RECORD
    for name, text in (fields | told).items():
        first, last = LAYOUT[name]
        assert len(text) <= last - first + 1, name
        padded = text.rjust(last - first + 1) if "amt" in name or "num" in name else text.ljust(last - first + 1)
        line[first - 1 : last] = padded
    return "".join(line)


def course(sessions: int, **told: str) -> list[str]:
    return [record(FIRST + timedelta(weeks=week), **told) for week in range(sessions)]


LAST = FIRST + timedelta(weeks=12)
LATER = str(LAST + timedelta(days=40))
YEARS_LATER = str(FIRST + timedelta(days=500))
CANCELLED = {"clm_adjsmt_type_cd": "1", "clm_efctv_dt": LATER}
AGAIN = {"clm_adjsmt_type_cd": "2", "clm_efctv_dt": LATER, "hcpcs_1_mdfr_cd": "KX"}
OTHER_DIAGNOSIS = {"clm_line_dgns_cd": "M542", "clm_dgns_2_cd": "M542"}

# One file for all: each beneficiary is a test. Tellings of a claim stand in no order.
TOLD = {
    "1EG4TE5MK01": course(13),
    "1EG4TE5MK02": [*course(12), record(LAST, hcpcs_3_mdfr_cd="KX")],
    "1EG4TE5MK03": [record(LAST, **CANCELLED, cur_clm_uniq_id="9" * 13), *course(14)],
    "1EG4TE5MK04": [record(LAST, **AGAIN, cur_clm_uniq_id="0" * 13), *course(13), record(LAST, **CANCELLED)],
    "1EG4TE5MK05": [record(LAST, **AGAIN, cur_clm_uniq_id="9" * 13), *course(13), record(LAST, **CANCELLED)],
    "1EG4TE5MK06": [record(), record(clm_adjsmt_type_cd="2", clm_efctv_dt=YEARS_LATER, cur_clm_uniq_id="9" * 13)],
    "1EG4TE5MK07": [record(clm_efctv_dt=YEARS_LATER)],
    "1EG4TE5MK08": [record(clm_carr_pmt_dnl_cd="0", clm_line_cvrd_pd_amt="0.00", **OTHER_DIAGNOSIS)],
    "1EG4TE5MK09": [record(clm_dgns_1_cd="I10", clm_line_dgns_cd="M5459")],
    "1EG4TE5MK10": [*course(13), *course(13)],
    "1EG4TE5MK11": [*course(2), record(LAST, clm_line_from_dt="1000-01-0x")],
    "1EG4TE5MK12": [record(clm_line_hcpcs_cd="99213")],
}


class Found(NamedTuple):
    summary: dict[str, Any]
    rows: list[dict[str, Any]]
    refused: list[dict[str, Any]]

    def of(self, beneficiary: str) -> dict[str, dict[str, Any]]:
        """The findings of one by rule; the last of each."""
        return {row["rule"]: row for row in self.rows if row["patient_id"] == identity(MBI, beneficiary)}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    folder = tmp_path_factory.mktemp("cclf")
    file = folder / "P.A1234.ACO.ZC5Y25.D250201.T0000000"
    lines = [line.replace(BENEFICIARY, beneficiary) for beneficiary, told in TOLD.items() for line in told]
    file.write_text("\n".join(lines) + "\n")
    summary, rows = audited(file, as_of=AS_OF, folder=folder, options=["--leave-out", "CLAIM_WITHOUT_VISIT"])
    return Found(summary, rows, refused(folder))


@pytest.mark.parametrize(("column", "place"), PLACES.items())
def test_a_field_stands_where_cms_says(column: str, place: tuple[int, int]) -> None:
    first, last = LAYOUT[column]
    assert (first, last - first + 1) == place


def test_fields_do_not_overlap() -> None:
    ends = 0
    for first, last in sorted(LAYOUT.values()):
        assert first > ends
        ends = last


def test_every_record_is_accounted_for(found: Found) -> None:
    """Replaced: two tellings of a cancelled claim, two before the one that stands (twice), one before an adjustment."""
    read = sum(map(len, TOLD.values()))
    assert found.summary["records"] == {
        "read": read,
        "used": read - 7 - 13 - 1 - 1,
        "repeated": 13,
        "replaced": 7,
        "filtered": 1,
        "refused": 1,
        "conserved": True,
        "notes": 0,
    }
    assert found.summary["totals"]["patients"] == len(TOLD) - 1


def test_the_thirteenth_session_needs_kx_and_what_was_paid_is_at_stake(found: Found) -> None:
    row = found.of("1EG4TE5MK01")["KX_MISSING"]
    assert (row["claim_id"], row["provider_npi"]) == ("CN20250331", "1200000010")
    assert (row["amount"], row["known_from"]) == ("20.40", "remittance")


@pytest.mark.parametrize(
    "beneficiary",
    [
        pytest.param("1EG4TE5MK02", id="KX is in the third place of the modifiers"),
        pytest.param("1EG4TE5MK03", id="its claim was cancelled"),
        pytest.param("1EG4TE5MK04", id="its claim was told anew with KX, under a lower number of the telling"),
        pytest.param("1EG4TE5MK05", id="under a higher one"),
    ],
)
def test_the_thirteenth_session_lacks_no_kx(beneficiary: str, found: Found) -> None:
    kx_missing = found.of(beneficiary).get("KX_MISSING")
    assert kx_missing is None or kx_missing["date_of_service"] != str(LAST)


def test_after_a_cancellation_the_next_session_is_the_thirteenth(found: Found) -> None:
    assert found.of("1EG4TE5MK03")["KX_MISSING"]["date_of_service"] == str(LAST + timedelta(weeks=1))


def test_a_claim_is_received_when_it_was_first_told(found: Found) -> None:
    """An adjustment years later is no late filing; a first telling years later is."""
    assert "FILING_DEADLINE" not in found.of("1EG4TE5MK06")
    assert "FILING_DEADLINE" in found.of("1EG4TE5MK07")


def test_a_denied_line_says_so_and_the_diagnosis_of_the_line_is_pointed_to(found: Found) -> None:
    row = found.of("1EG4TE5MK08")["DX_NOT_POINTED"]
    assert (row["amount"], row["known_from"]) == ("0.00", "remittance")


def test_a_diagnosis_that_only_the_line_names_is_the_claims_too(found: Found) -> None:
    assert not found.of("1EG4TE5MK09").keys() & {"DX_NOT_COVERED", "DX_NOT_POINTED"}


def test_a_claim_that_cannot_be_read_is_refused_with_its_place(found: Found) -> None:
    [entry] = found.refused
    row = 1 + sum(len(told) for beneficiary, told in TOLD.items() if beneficiary < "1EG4TE5MK11") + 2
    assert (entry["reason"], entry["place"]) == ("not_a_date", f"row {row}: detail.lines.0.date_of_service")
