"""Where the auditor runs: DynamoDB, S3, SNS, EventBridge and the Lambda environment."""
