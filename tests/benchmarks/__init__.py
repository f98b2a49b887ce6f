"""How long things take: `make bench` prints the table, the tests here hold what can be held on a busy machine."""
