"""The emulator in a process of its own, by the interpreter of .venv-emulator: `enforcing.py HOST:PORT FOLDER`.

It asks for permission of nearly every call. Two things are put right here, as AWS has them: what a rule sends to a
queue arrives only if the queue's policy lets it in, and who speaks as a role is known to conditions by the ARN of the
role, not of the session. The emulator ends when its standard input does: with its parent.
"""

import asyncio
import os
import re
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app
from ministack.core import iam_evaluator
from ministack.services import eventbridge, sqs

_SESSION = re.compile(r"arn:aws:sts::(?P<account>\d+):assumed-role/(?P<role>[^/]+)/[^/]+")


def ask_queue_policies() -> None:
    deliver = eventbridge._invoke_target

    def deliver_if_let_in(target: Any, event: Any, rule: Any, view: Any = None) -> None:
        account, queue = rule["Arn"].split(":")[4], target["Arn"]
        is_queue = queue.split(":")[2] == "sqs"
        if not is_queue or sqs.queue_policy_allows(queue, "events.amazonaws.com", rule["Arn"], account):
            deliver(target, event, rule, view)

    eventbridge._invoke_target = deliver_if_let_in


def know_sessions_by_their_role() -> None:
    resolve = iam_evaluator._resolve_condition_key

    def resolve_to_role(key: str, context: Any) -> Any:
        value = resolve(key, context)
        if key.lower() == "aws:principalarn" and (session := _SESSION.fullmatch(value)):
            return f"arn:aws:iam::{session['account']}:role/{session['role']}"
        return value

    iam_evaluator._resolve_condition_key = resolve_to_role


def end_with_parent() -> None:
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)  # the functions too: they are of this group


def main(address: str, folder: Path) -> None:
    threading.Thread(target=end_with_parent, daemon=True).start()
    ask_queue_policies()
    know_sessions_by_their_role()
    config = Config()
    config.bind = [address]
    config.certfile, config.keyfile = str(folder / "server.pem"), str(folder / "server.key")
    config.loglevel = "WARNING"
    asyncio.run(serve(app, config))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
