"""The command line `ncd-audit`: reads the arguments, lets others work, prints, and says by its status how it went."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any

import typer
from pydantic import BaseModel, ValidationError
from rich.console import RenderableType

from local.answer import answer as answer_from_core
from local.arguments import AsJson, AsOf, Files, today
from local.audit_command import audit
from local.cannot_read import CannotRead
from local.check_command import check
from local.convert_command import convert
from local.diff_command import diff
from local.explain_command import explain
from local.packet_command import packet
from local.printable import one_line
from local.quarantine_command import quarantine
from local.reading import messages, of_file
from local.report_command import report as write_page
from local.retelling import arrived_by
from local.rules_command import rules
from local.samples import SCHEMAS, sample
from local.schemas import write_schemas
from local.serve_command import serve
from local.show import report, screen, severities
from local.show_progress import progress
from local.stopped import Stopped, stopping
from local.trail_command import trail
from local.verify_command import verify_trails
from shared.core.document import Counts
from shared.core.events import Kind
from shared.core.fields import CalendarDate

CLEAN, VIOLATED, UNUSABLE = 0, 1, 2
_EXAMPLE, _DIGESTED = "thirteenth-without-kx", "regression"

app = typer.Typer(
    help="Audits acupuncture and dry needling for chronic low back pain against Medicare NCD 30.3.3.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Request(BaseModel):
    """One line that `answer` is asked."""

    file: str
    as_of: CalendarDate
    known_on: CalendarDate | None = None


@app.command("simulate")
def simulate_files(
    files: Files,
    as_of: AsOf = None,
    as_json: AsJson = False,
    withdrawn: Annotated[bool, typer.Option("--all", help="Show withdrawn findings too.")] = False,
    no_progress: Annotated[bool, typer.Option("--no-progress", help="No progress bar.")] = False,
) -> int:
    """Run events through the whole system on this machine. Bus, queue, functions, table and topic.

    Status 1: a violation stands.
    """
    lines = [message for path in files for message in messages(path)]
    document = _simulated(lines, as_of or today(), withdrawn=withdrawn, watched=not no_progress)
    if as_json:
        print(json.dumps(document, indent=2), flush=True)
    else:
        _show(report(document))
    return VIOLATED if severities(document)["violation"] else CLEAN


def _simulated(lines: Sequence[bytes], as_of: date, *, withdrawn: bool, watched: bool) -> dict[str, Any]:
    from local.simulation import simulate

    with stopping(), progress(wanted=watched) as told:
        return simulate(lines, as_of, withdrawn=withdrawn, progress=told)


@app.command()
def answer() -> int:
    """Answer requests, one a line, with a document each. Standard input has {"id", "file", "as_of"}.

    With "known_on", a date, only what had arrived by its end counts: each event is taken to arrive at its `time`.
    """
    for line in sys.stdin.buffer:
        if line.strip():
            print(json.dumps(_answer(line)), flush=True)
    return CLEAN


def _answer(line: bytes) -> dict[str, Any]:
    try:
        request = Request.model_validate_json(line)
        lines = of_file(request.file)
        known = arrived_by([*lines], request.known_on) if request.known_on else lines
        return answer_from_core(known, request.as_of)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "request"
        return {"error": f'{where}: {first["msg"]}; ask with {{"id": "1", "file": "F.ndjson", "as_of": "2025-04-10"}}'}
    except CannotRead as error:
        return {"error": str(error)}


@app.command()
def generate_event(kind: Annotated[Kind, typer.Argument(help="Which kind of event.")]) -> int:
    """Print a valid sample event. In one line, if it goes to a file."""
    print(sample(kind) if sys.stdout.isatty() else json.dumps(json.loads(sample(kind))), flush=True)
    return CLEAN


@app.command()
def stories(names: Annotated[list[str] | None, typer.Argument(metavar="STORY...")] = None) -> int:
    """Run the stories of events/scenarios and sum them up. All, or those named. Status 1: a message was lost."""
    from local import show_stories
    from local.stories import example_alert, example_digest, stories

    told = []
    for story in stories(names or ()):
        told.append(story)
        _show(show_stories.story_told(story))
        if story.name == _EXAMPLE:
            _show(show_stories.mail_shown(example_alert(story.name), "One of the alerts"))
        if story.name == _DIGESTED:
            _show(show_stories.mail_shown(example_digest(story.name), "The rest: the digest of the day"))
    _show([show_stories.summary(told)])
    return CLEAN if all(Counts(**story.document["events"]).conserved for story in told) else VIOLATED


@app.command()
def schemas() -> int:
    """Write the JSON Schemas of events into events/schemas/."""
    write_schemas()
    print(f"written: {SCHEMAS}")
    return CLEAN


app.command()(audit)
app.command()(check)
app.command()(convert)
app.command()(diff)
app.command()(explain)
app.command()(packet)
app.command("report")(write_page)
app.command()(serve)
app.command()(rules)
app.command()(trail)
app.command("verify")(verify_trails)
app.add_typer(quarantine, name="quarantine")


def _show(lines: Iterable[RenderableType]) -> None:
    console = screen()
    for line in lines:
        console.print(line)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; whatever is wrong with its use is said in one line."""
    try:
        status: int = app(arguments, prog_name="ncd-audit", standalone_mode=False)
        return status
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        help_on = context.command_path if context else "ncd-audit"
        return _refused(f"{error.format_message().rstrip('.')}; see {help_on} --help")
    except (CannotRead, Stopped) as error:
        return _refused(str(error))


def _refused(why: str) -> int:
    print(f"ncd-audit: {one_line(why)}", file=sys.stderr)
    return UNUSABLE
