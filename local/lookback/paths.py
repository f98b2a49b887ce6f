"""What PATH names: files, folders with all that is in them, patterns, and prefixes of S3."""

import glob
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.cannot_read import CannotRead

_S3 = "s3://"


class Named(NamedTuple):
    """A file, what a person calls it, and whether it was named itself, not brought along by a folder or pattern."""

    file: Path
    name: str
    alone: bool


def files_of(path: str, folder: Path) -> Iterator[Named]:
    if path.startswith(_S3):
        yield from _of_bucket(path, folder)
    elif Path(path).is_file():
        yield Named(Path(path), path, alone=True)
    else:
        found = _inside(Path(path)) if Path(path).is_dir() else _matching(path)
        if not found:
            instead = "name files, folders, patterns or s3://bucket/prefix"
            raise CannotRead(path, "no such file, or nothing in it", instead)
        yield from (Named(file, str(file), alone=False) for file in found)


def _inside(folder: Path) -> list[Path]:
    """All files but the hidden ones, in order."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return sorted(file for file in files if not any(part.startswith(".") for part in file.relative_to(folder).parts))


def _matching(pattern: str) -> list[Path]:
    found = (Path(name) for name in glob.glob(pattern, recursive=True))  # noqa: PTH207  # Path.glob takes no absolute ones
    return sorted(file for file in found if file.is_file())


def _of_bucket(path: str, folder: Path) -> Iterator[Named]:
    """Each object is copied to the work folder, under a name of ours: DuckDB alone cannot read S3."""
    bucket, _, prefix = path.removeprefix(_S3).partition("/")
    found = False
    try:
        client = boto3.client("s3")
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for key in sorted(told["Key"] for told in page.get("Contents", []) if not told["Key"].endswith("/")):
                file = folder / f"object-{uuid4().hex}"
                client.download_file(bucket, key, str(file))
                found = True
                yield Named(file, f"{_S3}{bucket}/{key}", alone=key == prefix)
    except (BotoCoreError, ClientError) as error:
        raise CannotRead(path, f"S3 says: {error}", "check the name, your credentials and your region") from None
    if not found:
        raise CannotRead(path, "nothing is stored under this prefix", "see aws s3 ls")
