"""The bucket of a look-back: archives as they were stored, what was split of them, and what was found.

archives/PREFIX…                            any number of files of any format we read
work/RUN/parts/SHARD/ARCHIVE.ndjson.gz      the events of one archive whose patients are of that shard
work/RUN/refused/ARCHIVE.ndjson.gz          what of it could not be read, with the reason and the place
work/RUN/split/ARCHIVE.json                 written last: the archive was split whole
results/RUN/findings/SHARD.ndjson           a finding a line
results/RUN/audited/SHARD.json              written last: the shard was audited whole
results/RUN/summary.json

A file's name may hold a patient's, so ARCHIVE is a hash of its key and content. A second try writes the same again.
"""

import gzip
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, BinaryIO, NamedTuple

from shared.aws.runtime import lookback_bucket, s3
from shared.core.fleet import Audited, Split, Summary

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

ARCHIVES = "archives/"
_HEX = 32


class Archive(NamedTuple):
    """An object as it is at that moment; S3's tag is of its content."""

    key: str
    tag: str

    @property
    def id(self) -> str:
        return hashlib.sha256(f"{self.key}\0{self.tag}".encode(errors="surrogatepass")).hexdigest()[:_HEX]


@dataclass(frozen=True)
class Run:
    """One look-back; `name` is that of the execution."""

    client: "S3Client"
    bucket: str
    name: str

    def archives(self, prefix: str) -> Iterator[Archive]:
        """Every object under `archives/PREFIX`; a folder made by hand is an empty object, and as such split."""
        yield from (Archive(key, tag) for key, tag in self._listed(ARCHIVES + prefix))

    @contextmanager
    def opened(self, key: str) -> Iterator[tuple[Archive, BinaryIO]]:
        """The content, copied first: S3 does not wait for a reader."""
        with TemporaryFile() as copy:
            answer = self.client.get_object(Bucket=self.bucket, Key=key)
            shutil.copyfileobj(answer["Body"], copy)
            copy.seek(0)
            yield Archive(key, answer["ETag"]), copy

    def store_part(self, shard: int, archive: Archive, content: IO[bytes]) -> None:
        self._put(f"{self._parts(shard)}{archive.id}.ndjson.gz", content)

    def store_refused(self, archive: Archive, content: IO[bytes]) -> None:
        self._put(f"work/{self.name}/refused/{archive.id}.ndjson.gz", content)

    def store_split(self, archive: Archive, split: Split) -> None:
        self._put(f"work/{self.name}/split/{archive.id}.json", split.model_dump_json().encode())

    def split(self) -> dict[str, Split]:
        """By archive, what was split whole."""
        return {_name(key): Split.model_validate_json(self._get(key).read()) for key in self._split()}

    def lines(self, shard: int) -> Iterator[bytes]:
        """What archives that were split whole tell of that shard: of another only a part may lie here."""
        whole = {_name(key) for key in self._split()}
        for key, _ in self._listed(self._parts(shard)):
            if _name(key) in whole:
                with gzip.GzipFile(fileobj=self._get(key)) as part:
                    yield from part

    def store_findings(self, shard: int, content: IO[bytes]) -> None:
        self._put(f"results/{self.name}/findings/{shard:04}.ndjson", content)

    def store_audited(self, shard: int, audited: Audited) -> None:
        self._put(f"results/{self.name}/audited/{shard:04}.json", audited.model_dump_json().encode())

    def audited(self) -> dict[int, Audited]:
        """By shard, what was audited whole."""
        keys = [key for key, _ in self._listed(f"results/{self.name}/audited/")]
        return {int(_name(key)): Audited.model_validate_json(self._get(key).read()) for key in keys}

    def store_summary(self, summary: Summary) -> None:
        said = {"whole": summary.whole, **summary.model_dump(mode="json")}
        self._put(f"results/{self.name}/summary.json", json.dumps(said, indent=1).encode())

    def _parts(self, shard: int) -> str:
        return f"work/{self.name}/parts/{shard:04}/"

    def _split(self) -> Iterable[str]:
        return [key for key, _ in self._listed(f"work/{self.name}/split/")]

    def _listed(self, prefix: str) -> Iterator[tuple[str, str]]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        yield from ((found["Key"], found["ETag"]) for page in pages for found in page.get("Contents", []))

    def _put(self, key: str, content: IO[bytes] | bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=key, Body=content)

    def _get(self, key: str) -> BinaryIO:
        body: BinaryIO = self.client.get_object(Bucket=self.bucket, Key=key)["Body"]  # type: ignore[assignment]
        return body


def _name(key: str) -> str:
    return key.rsplit("/", 1)[1].split(".", 1)[0]


def run(name: str) -> Run:
    return Run(s3(), lookback_bucket(), name)
