"""The samples and stories in the folder events/ of a checkout."""

from pathlib import Path

from shared.core.events import Kind

EVENTS = Path(__file__).parents[1] / "events"
SCHEMAS = EVENTS / "schemas"
SCENARIOS = EVENTS / "scenarios"


def sample(kind: Kind) -> str:
    """A valid event of that kind, as JSON."""
    return (EVENTS / f"{kind}.json").read_text(encoding="utf-8").strip()


def scenarios() -> dict[str, Path]:
    """The stories' files by name."""
    return {path.stem: path for path in sorted(SCENARIOS.glob("*.ndjson"))}
