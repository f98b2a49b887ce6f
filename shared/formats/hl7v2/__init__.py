"""HL7 v2: charges (DFT), scores (ORU) and cancelled visits (ADT), as interface engines write them to files."""

from shared.formats.hl7v2.reader import read

__all__ = ["read"]
