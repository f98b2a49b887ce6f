"""The segments that belong in each part of a transaction, with the last element that the guides use of each.

A segment of another name or with more elements is a sign that something was lost or run together, so nothing that
stands beside it is believed. As in 005010X222, X223 and X221.
"""

_ADDRESSED = {"NM1": 9, "N3": 2, "N4": 7, "REF": 4, "PER": 8}

# What stands between the transaction sets, and the provider's balance at the end of an 835.
ENVELOPE = {"ISA": 16, "TA1": 5, "GS": 8, "SE": 2, "GE": 2, "IEA": 2, "PLB": 14}

HEAD_OF_CLAIMS = _ADDRESSED | {"ST": 3, "BHT": 6}

LEVEL = _ADDRESSED | {"HL": 4, "PRV": 3, "CUR": 2, "SBR": 9, "PAT": 9, "DMG": 3}

CLAIM = _ADDRESSED | {
    "CLM": 20, "DTP": 3, "CL1": 3, "PWK": 6, "CN1": 6, "AMT": 2, "K3": 1, "NTE": 2, "CR1": 10, "CR2": 11, "CR3": 3,
    "CRC": 7, "HI": 12, "HCP": 15, "PRV": 3, "SBR": 9, "CAS": 19, "OI": 6, "MIA": 24, "MOA": 9, "LX": 1, "SV1": 15,
    "SV2": 7, "SV5": 6, "QTY": 2, "MEA": 3, "PS1": 2, "LIN": 3, "CTP": 5, "SVD": 6, "LQ": 2, "FRM": 5,
}  # fmt: skip

HEAD_OF_PAYMENTS = {
    "ST": 3, "BPR": 16, "TRN": 4, "CUR": 2, "REF": 2, "DTM": 2, "N1": 4, "N3": 2, "N4": 7, "PER": 8, "RDM": 3,
    "LX": 1, "TS3": 24, "TS2": 19,
}  # fmt: skip

PAYMENT = {
    "CLP": 13, "CAS": 19, "NM1": 9, "MIA": 24, "MOA": 9, "REF": 2, "DTM": 2, "PER": 8, "AMT": 2, "QTY": 2, "SVC": 7,
    "LQ": 2, "LX": 1, "TS3": 24, "TS2": 19,
}  # fmt: skip
