"""One module per Lambda function: unwrap, call, log."""
