"""The look-back by many functions: its state machine, as template.yaml defines it, run with the real handlers.

machine.py     the definition out of the expanded template, and moto's interpreter of it
test_*.py      what it finds, what it does when something fails, and that nothing is missing unseen
"""
