"""`ncd-audit serve`: the desk on this machine, over what files of events say, with the routes that run on AWS."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from os import environ
from typing import Annotated, Any

import typer
from aws_lambda_powertools.event_handler import HttpResolverLocal

from local.arguments import AsOf, Files, today
from local.reading import messages
from shared.desk.app import equipped


def serve(
    files: Files,
    as_of: AsOf = None,
    port: Annotated[int, typer.Option("--port", help="On 127.0.0.1; nobody else can reach it.")] = 8300,
    officer: Annotated[str, typer.Option("--officer", metavar="NAME", help="Who acts.")] = "officer@local",
) -> int:
    """Serve the compliance officer's desk over FILE... until it is stopped. Nothing is kept after that."""
    import uvicorn

    with desk(files, as_of or today(), officer) as app:
        print(f"The desk: http://127.0.0.1:{port}/  (control-C stops it)", flush=True)
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
    return 0


@contextmanager
def desk(files: list[str], as_of: date, officer: str) -> Iterator[Any]:
    """The desk's ASGI application over a simulated cloud that has taken in the files."""
    from local.simulation import fed
    from local.surroundings import simulated_aws

    with simulated_aws():
        cloud = fed([message for path in files for message in messages(path)], as_of)
        with cloud.desk():
            yield local_app(officer)


def local_app(officer: str) -> HttpResolverLocal:
    app = equipped(HttpResolverLocal(enable_validation=True))
    app.append_context(officer=officer)
    return app
