"""What people see of a patient: the same HTML for the report without a server and for the desk. Pure."""
