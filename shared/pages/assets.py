"""What the desk's page loads besides: sent as it is written, for which no renderer is needed."""

from pathlib import Path

_FOLDER = Path(__file__).parent / "templates"


def desk_script() -> str:
    return (_FOLDER / "desk.js").read_text(encoding="utf-8")


def style() -> str:
    return (_FOLDER / "style.css").read_text(encoding="utf-8")
