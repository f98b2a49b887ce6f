"""The name under which events from HL7 v2 enter the bus."""

SOURCE = "ncd-audit.hl7v2"
