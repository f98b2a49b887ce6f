"""Files that were dropped in the intake bucket, one stored version each, and how far each has been read.

The name of a file may hold a patient's name: logs, quarantine and table know it by a hash of bucket, key and version.
A bucket that keeps no versions names none: there the ETag tells one content under a name from the next.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from shared.aws.runtime import dynamodb, settings

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client

_HEX = 32


class StoredFile(NamedTuple):
    """One version of one object, or its content by its ETag; `written_at` is when S3 says that it was created."""

    bucket: str
    key: str
    version: str | None
    etag: str | None
    written_at: datetime

    @property
    def id(self) -> str:
        named = f"{self.bucket}\0{self.key}\0{self.version or self.etag}"
        return hashlib.sha256(named.encode(errors="surrogatepass")).hexdigest()[:_HEX]

    @contextmanager
    def opened(self, client: "S3Client") -> Iterator[BinaryIO]:
        """The content, copied first: S3 does not wait while the bus takes the events of what was read so far."""
        with TemporaryFile() as copy:
            answer = client.get_object(Bucket=self.bucket, Key=self.key, **self._this_and_no_other())
            shutil.copyfileobj(answer["Body"], copy)
            copy.seek(0)
            yield copy

    def _this_and_no_other(self) -> dict[str, Any]:
        """What was put over it since is a file of its own, and comes as one."""
        return {"VersionId": self.version} if self.version else {"IfMatch": f'"{self.etag}"'}


def dropped(event: str) -> StoredFile:
    """The file of an event "Object Created", as S3 gives it to EventBridge and a rule to the queue."""
    said = json.loads(event)
    written = said["detail"]["object"]
    bucket = said["detail"]["bucket"]["name"]
    version = written.get("version-id")
    etag = None if version else written["etag"]
    return StoredFile(bucket, written["key"], version, etag, datetime.fromisoformat(said["time"]))


class Progress(NamedTuple):
    """How many pieces of a file have been dealt with, and as what. A reader makes the same pieces every time."""

    events: int = 0
    refused: int = 0
    noted: int = 0
    finished: bool = False

    @property
    def pieces(self) -> int:
        return self.events + self.refused + self.noted


class Checkpoints(NamedTuple):
    """Beside the case files in the table: pk = file#<id>, sk = read, with the numbers of `Progress`."""

    client: "DynamoDBClient"
    table: str

    def of(self, file: StoredFile) -> Progress:
        answer = self.client.get_item(TableName=self.table, Key=_key(file), ConsistentRead=True)
        if "Item" not in answer:
            return Progress()
        item: Any = answer["Item"]
        counted = {name: int(item[name]["N"]) for name in ("events", "refused", "noted")}
        return Progress(**counted, finished=item["finished"]["BOOL"])

    def save(self, file: StoredFile, progress: Progress) -> None:
        numbers = progress._asdict()
        finished = numbers.pop("finished")
        item = _key(file) | {name: {"N": str(number)} for name, number in numbers.items()}
        self.client.put_item(TableName=self.table, Item=item | {"finished": {"BOOL": finished}})


def _key(file: StoredFile) -> dict[str, Any]:
    return {"pk": {"S": f"file#{file.id}"}, "sk": {"S": "read"}}


def checkpoints() -> Checkpoints:
    return Checkpoints(dynamodb(), settings().table_name)
