"""Tests of the auditor, with the builders and stories they share."""
