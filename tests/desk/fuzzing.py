"""`make fuzz`: schemathesis asks a desk on this machine what its own OpenAPI document says, and much that it does not.

No answer may be a fault of the server, or of a status, kind or shape that the document does not name.
"""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

_STORIES = ("events/scenarios/sessions-elsewhere.ndjson", "events/scenarios/wrong-diagnosis.ndjson")
_CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
_HERE = Path(__file__).parent


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _asked(address: str, seconds: int) -> int:
    rows = json.load(urlopen(f"{address}/worklist", timeout=30))["rows"]  # noqa: S310 - our own server
    known = json.dumps([{name: row[name] for name in ("patient_id", "finding_id")} for row in rows])
    program = str(Path(sys.executable).with_name("schemathesis"))
    asked = [program, "fuzz", f"{address}/openapi.json", "--checks", _CHECKS, "--max-time", str(seconds)]
    surroundings = os.environ | {"KNOWN_FINDINGS": known, "SCHEMATHESIS_HOOKS": "tests.desk.fuzzing_known"}
    surroundings["PYTHONPATH"] = str(_HERE.parents[1])
    return subprocess.run([*asked, "--continue-on-failure"], env=surroundings, check=False).returncode


def _wait_for(address: str) -> None:
    for _ in range(600):
        try:
            urlopen(address, timeout=5).close()  # noqa: S310 - our own server
            return
        except OSError:
            time.sleep(0.2)
    sys.exit(f"no desk at {address}")


def main(seconds: int) -> int:
    port = _free_port()
    serve = [".venv/bin/ncd-audit", "serve", *_STORIES, "--as-of", "2026-03-01", "--port", str(port)]
    with subprocess.Popen(serve) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/")
            return _asked(f"http://127.0.0.1:{port}", seconds)
        finally:
            server.terminate()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
