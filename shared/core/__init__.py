"""What follows from the law: pure functions, without AWS, clock, environment or randomness."""
