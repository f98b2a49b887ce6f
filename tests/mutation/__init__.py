"""Mutation testing of shared/core: what `make mutation` needs beside mutmut itself."""
