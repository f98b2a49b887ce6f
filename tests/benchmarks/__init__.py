"""How long the audit takes."""
