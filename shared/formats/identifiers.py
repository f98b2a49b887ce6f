"""The systems under which people are named, in one spelling for every format, so that one patient has one key.

An MBI is the same whoever tells it; a medical record number means something only beside the system that gave it.
"""

MBI = "http://hl7.org/fhir/sid/us-mbi"
NPI = "http://hl7.org/fhir/sid/us-npi"
