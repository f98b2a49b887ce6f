"""Pure readers of what clinics really send (X12, FHIR, HL7 v2): each makes events of ours, or refuses with a place."""
