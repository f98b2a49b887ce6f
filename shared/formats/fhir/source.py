"""The name under which events from FHIR enter the bus."""

SOURCE = "ncd-audit.fhir"
