"""In-memory AWS under the real handlers: one seed decides delays, repeats, order and faults."""
