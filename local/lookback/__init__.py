"""Look-back over archives: DuckDB finds the patients that matter, the audit of the stream judges them."""
