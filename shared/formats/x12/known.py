"""The segments that belong in each part of a transaction, with the most elements each can have.

A segment of another name or with more elements is a sign that something was lost or run together, so nothing that
stands beside it is believed. As in 005010X222, X223 and X221.
"""

_ADDRESSED = {"NM1": 12, "N3": 2, "N4": 7, "REF": 4, "PER": 9}

HEAD_OF_CLAIMS = _ADDRESSED | {"ST": 3, "BHT": 6}

LEVEL = _ADDRESSED | {"HL": 4, "PRV": 6, "CUR": 21, "SBR": 9, "PAT": 9, "DMG": 11}

CLAIM = _ADDRESSED | {
    "CLM": 20, "DTP": 3, "CL1": 4, "PWK": 9, "CN1": 6, "AMT": 3, "K3": 3, "NTE": 2, "CR1": 10, "CR2": 12, "CR3": 5,
    "CRC": 7, "HI": 12, "HCP": 15, "PRV": 6, "SBR": 9, "CAS": 19, "OI": 6, "MIA": 24, "MOA": 9, "LX": 1, "SV1": 21,
    "SV2": 10, "SV5": 7, "QTY": 4, "MEA": 12, "PS1": 3, "LIN": 31, "CTP": 11, "SVD": 6, "LQ": 2, "FRM": 5,
}  # fmt: skip

HEAD_OF_PAYMENTS = {
    "ST": 3, "BPR": 21, "TRN": 4, "CUR": 21, "REF": 4, "DTM": 6, "N1": 6, "N3": 2, "N4": 7, "PER": 9, "RDM": 5,
    "LX": 1, "TS3": 24, "TS2": 19,
}  # fmt: skip

PAYMENT = {
    "CLP": 14, "CAS": 19, "NM1": 12, "MIA": 24, "MOA": 9, "REF": 4, "DTM": 6, "PER": 9, "AMT": 3, "QTY": 4, "SVC": 7,
    "LQ": 2, "LX": 1, "TS3": 24, "TS2": 19,
}  # fmt: skip
