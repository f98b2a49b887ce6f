"""Text of strangers, made safe to print: what a terminal would obey is written out instead."""


def printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def one_line(text: str) -> str:
    return printable(" ".join(text.split()))
