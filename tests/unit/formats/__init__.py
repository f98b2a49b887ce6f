"""Readers of other formats: what each makes of good, odd and broken files."""
