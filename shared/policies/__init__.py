"""The law as dated, cited data."""
