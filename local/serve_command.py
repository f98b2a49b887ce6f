"""`ncd-audit serve`: the desk on this machine, over what files of events say, with the routes that run on AWS."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer
from aws_lambda_powertools.event_handler import HttpResolverLocal

from local.arguments import AsOf, Files, today
from local.cannot_read import CannotRead
from local.identity import identity
from local.reading import messages
from local.show_progress import progress
from local.surroundings import environment, simulated_aws
from shared.desk.app import equipped
from shared.desk.headers import HEADERS
from shared.desk.problems import NO_TEXT, Problem

if TYPE_CHECKING:
    from local.cloud import Cloud


def serve(
    files: Files,
    as_of: AsOf = None,
    port: Annotated[int, typer.Option("--port", help="On 127.0.0.1; nobody else can reach it.")] = 8300,
    officer: Annotated[str, typer.Option("--officer", metavar="NAME", help="Who acts.")] = "officer@local",
) -> int:
    """Serve the compliance officer's desk to a browser. Over FILE... until it is stopped; then nothing is kept."""
    _is_free(port)
    import uvicorn

    with desk(files, as_of or today(), officer) as app:
        print(f"The desk: http://127.0.0.1:{port}/  (control-C stops it)", flush=True)
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
    return 0


def _is_free(port: int) -> None:
    """Known before the files are taken in, which may last."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server will: one that just ended is gone
        try:
            tried.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            raise CannotRead(f"port {port}", "nobody can listen to it now", "name another with --port") from None


@contextmanager
def desk(files: list[str], as_of: date, officer: str) -> Iterator["_Settling"]:
    """The desk's ASGI application over a simulated cloud that has taken in the files; it settles after each answer."""
    from local.simulation import fed

    with simulated_aws():
        with progress(wanted=True) as told:
            cloud = fed([message for path in files for message in messages(path)], as_of, told)
        with environment({**cloud.desk.environment, "AS_OF": as_of.isoformat()}):
            yield _Settling(equipped(HttpResolverLocal(enable_validation=True), officer, lambda: identity), cloud)


class _Settling:
    """The application, one request at a time; what an action changed is on the list before the next is answered."""

    def __init__(self, app: HttpResolverLocal, cloud: "Cloud") -> None:
        self._app, self._cloud, self._one = app, cloud, asyncio.Lock()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":  # uvicorn's own start and stop, which last as long as the server
            await self._app(scope, receive, send)
            return
        async with self._one:
            try:
                await self._app(scope, receive, send)
            except UnicodeDecodeError:  # the resolver reads the body before it knows of any problem
                await _refuse(send)
            if scope["method"] == "POST":
                self._cloud.settle()


async def _refuse(send: Any) -> None:
    headers = {"Content-Type": "application/json", **HEADERS}
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 400, "headers": encoded})
    await send({"type": "http.response.body", "body": Problem(message=NO_TEXT).model_dump_json().encode()})
