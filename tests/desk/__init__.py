"""The desk as its users meet it: over HTTP in Lambda's form, and in a browser."""
