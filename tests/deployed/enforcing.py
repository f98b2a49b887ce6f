"""The emulator in a process of its own, by the interpreter of .venv-emulator: `enforcing.py HOST:PORT FOLDER`.

It asks for permission of every call but leaves one out, and that is added here: what a rule sends to a queue arrives
only if the queue's policy lets it in, as on AWS. The emulator ends when its standard input does: with its parent.
"""

import asyncio
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app
from ministack.services import eventbridge, sqs


def ask_queue_policies() -> None:
    deliver = eventbridge._invoke_target

    def deliver_if_let_in(target: Any, event: Any, rule: Any, view: Any = None) -> None:
        account, queue = rule["Arn"].split(":")[4], target["Arn"]
        is_queue = queue.split(":")[2] == "sqs"
        if not is_queue or sqs.queue_policy_allows(queue, "events.amazonaws.com", rule["Arn"], account):
            deliver(target, event, rule, view)

    eventbridge._invoke_target = deliver_if_let_in


def end_with_parent() -> None:
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)  # the functions too: they are of this group


def main(address: str, folder: Path) -> None:
    threading.Thread(target=end_with_parent, daemon=True).start()
    ask_queue_policies()
    config = Config()
    config.bind = [address]
    config.certfile, config.keyfile = str(folder / "server.pem"), str(folder / "server.key")
    config.loglevel = "WARNING"
    asyncio.run(serve(app, config))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
