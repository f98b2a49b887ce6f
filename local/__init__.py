"""What runs on a developer's or analyst's machine: command line, simulation, reports."""
