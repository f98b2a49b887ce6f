"""template.yaml as CloudFormation gets it: what each resource allows, keeps and tells, every one of its kind."""
