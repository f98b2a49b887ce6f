"""Who pays, from the claim filing indicator (data element 1032) of the payer that the claim was sent to.

As in 005010X222 and X223, loop 2000B, SBR09, in force since 2012-01-01 (45 CFR 162.1102). The code is the sender's:
nothing in a claim shows that a Medicare Advantage plan was coded as HM or CI, and then it reads as `other`.
"""

PAYERS = {
    "MA": "medicare_ffs",  # Part A contractors, who take the hospital's outpatient claims too
    "MB": "medicare_ffs",
    "16": "medicare_advantage",  # "Health Maintenance Organization (HMO) Medicare Risk"
} | dict.fromkeys(
    (
        "11",
        "12",
        "13",
        "14",
        "15",
        "17",
        "AM",
        "BL",
        "CH",
        "CI",
        "DS",
        "FI",
        "HM",
        "LM",
        "MC",
        "OF",
        "TV",
        "VA",
        "WC",
        "ZZ",
    ),
    "other",
)
