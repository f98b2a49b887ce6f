"""What ships to Lambda: the law as data, what follows from it, and where it runs."""
