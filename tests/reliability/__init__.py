"""Proof of delivery: faults at every call, planted faults, interleavings and orders. Full sizes by `-m slow`."""
