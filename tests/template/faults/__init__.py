"""What a hasty change could leave in template.yaml, planted on purpose, and the check that must see it."""
