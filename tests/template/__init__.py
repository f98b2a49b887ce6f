"""template.yaml as CloudFormation gets it: what each resource allows, keeps and tells, over every resource of its kind."""
