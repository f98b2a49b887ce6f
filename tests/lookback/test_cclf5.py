"""CCLF5 as ACOs receive it: fixed width, one record a claim line, told again whenever CMS adjusts the claim."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

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


def record(day: date = FIRST, **told: str) -> str:
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


def found(folder: Path, *records: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    file = folder / "P.A1234.ACO.ZC5Y25.D250201.T0000000"
    file.write_text("\n".join(records) + "\n")
    return audited(file, as_of=AS_OF, folder=folder, options=["--leave-out", "CLAIM_WITHOUT_VISIT"])


def course(sessions: int, **told: str) -> list[str]:
    return [record(FIRST + timedelta(weeks=week), **told) for week in range(sessions)]


@pytest.mark.parametrize(("column", "place"), PLACES.items())
def test_a_field_stands_where_cms_says(column: str, place: tuple[int, int]) -> None:
    first, last = LAYOUT[column]
    assert (first, last - first + 1) == place


def test_fields_do_not_overlap() -> None:
    ends = 0
    for first, last in sorted(LAYOUT.values()):
        assert first > ends
        ends = last


def test_the_thirteenth_session_needs_kx_and_what_was_paid_is_at_stake(tmp_path: Path) -> None:
    summary, rows = found(tmp_path, *course(12), record(FIRST + timedelta(weeks=12)))
    [row] = [row for row in rows if row["rule"] == "KX_MISSING"]
    assert row["patient_id"] == identity(MBI, BENEFICIARY)
    assert (row["claim_id"], row["provider_npi"]) == ("CN20250331", "1200000010")
    assert (row["amount"], row["known_from"]) == ("20.40", "remittance")
    assert summary["records"]["used"] == summary["records"]["read"] == 13


def test_kx_in_any_place_of_the_modifiers_attests(tmp_path: Path) -> None:
    _, rows = found(tmp_path, *course(12), record(FIRST + timedelta(weeks=12), hcpcs_3_mdfr_cd="KX"))
    assert "KX_MISSING" not in {row["rule"] for row in rows}


def test_a_cancelled_claim_is_no_session(tmp_path: Path) -> None:
    day = FIRST + timedelta(weeks=5)
    later = str(day + timedelta(days=40))
    cancelled = record(day, clm_adjsmt_type_cd="1", clm_efctv_dt=later, cur_clm_uniq_id="9" * 13)
    summary, rows = found(tmp_path, cancelled, *course(13))
    assert "KX_MISSING" not in {row["rule"] for row in rows}
    assert (summary["records"]["used"], summary["records"]["replaced"]) == (12, 2)
    assert summary["records"]["conserved"]


@pytest.mark.parametrize("uniq_id", ["0" * 13, "9" * 13])
def test_an_adjusted_claim_stands_as_it_was_told_last(tmp_path: Path, uniq_id: str) -> None:
    """Cancellation and new telling take effect on one day; the numbers of the tellings do not order them."""
    day = FIRST + timedelta(weeks=12)
    later = str(day + timedelta(days=40))
    cancelled = record(day, clm_adjsmt_type_cd="1", clm_efctv_dt=later)
    again = record(day, clm_adjsmt_type_cd="2", clm_efctv_dt=later, cur_clm_uniq_id=uniq_id, hcpcs_1_mdfr_cd="KX")
    summary, rows = found(tmp_path, again, *course(13), cancelled)
    assert "KX_MISSING" not in {row["rule"] for row in rows}
    assert (summary["totals"]["sessions"], summary["records"]["replaced"]) == (13, 2)


def test_a_claim_is_received_when_it_was_first_told(tmp_path: Path) -> None:
    """An adjustment years later is no late filing."""
    late = str(FIRST + timedelta(days=500))
    again = record(clm_adjsmt_type_cd="2", clm_efctv_dt=late, cur_clm_uniq_id="9" * 13)
    assert "FILING_DEADLINE" not in {row["rule"] for row in found(tmp_path, record(), again)[1]}
    assert "FILING_DEADLINE" in {row["rule"] for row in found(tmp_path, again)[1]}


def test_a_denied_line_counts_no_payer_session_and_the_diagnosis_of_the_line_is_pointed_to(tmp_path: Path) -> None:
    denied = record(clm_carr_pmt_dnl_cd="0", clm_line_cvrd_pd_amt="0.00", clm_line_dgns_cd="M542", clm_dgns_2_cd="M542")
    _, rows = found(tmp_path, denied)
    [row] = [row for row in rows if row["rule"] == "DX_NOT_POINTED"]
    assert (row["amount"], row["known_from"]) == ("0.00", "remittance")


def test_a_diagnosis_that_only_the_line_names_is_the_claims_too(tmp_path: Path) -> None:
    summary, rows = found(tmp_path, record(clm_dgns_1_cd="I10", clm_line_dgns_cd="M5459"))
    assert summary["totals"]["sessions"] == 1
    assert not {row["rule"] for row in rows} & {"DX_NOT_COVERED", "DX_NOT_POINTED"}


def test_lines_told_in_two_files_are_one(tmp_path: Path) -> None:
    summary, _ = found(tmp_path, *course(13), *course(13))
    assert (summary["records"]["used"], summary["records"]["repeated"]) == (13, 13)


def test_a_claim_that_cannot_be_read_is_refused_with_its_place(tmp_path: Path) -> None:
    summary, _ = found(tmp_path, *course(2), record(FIRST + timedelta(weeks=2), clm_line_from_dt="1000-01-0x"))
    [entry] = refused(tmp_path)
    assert (entry["reason"], entry["place"]) == ("not_a_date", "row 3: detail.lines.0.date_of_service")
    assert (summary["records"]["refused"], summary["records"]["conserved"]) == (1, True)


def test_patients_without_needling_are_filtered(tmp_path: Path) -> None:
    other = record(bene_mbi_id="1EG4TE5MK72", clm_line_hcpcs_cd="99213", clm_cntl_num="OTHER")
    summary, _ = found(tmp_path, other, record())
    assert (summary["records"]["filtered"], summary["totals"]["patients"]) == (1, 1)
