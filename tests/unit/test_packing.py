"""What is packed for functions says the same as what it was made of, and says it sooner."""

import pickle
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from shutil import copytree
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.session import Session

import local
from local.packing import main, services
from local.service_models import ASKED_BY_BOTOCORE, names_in, prune, undocumented
from shared.core import policy
from shared.core.policy import FOLDER, PACKED, Policies, from_files, policies

DATA = Path(botocore.__file__).parent / "data"
# A request of each, with as little as it takes.
ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "dynamodb": ("query", {"TableName": "t"}),
    "events": ("put_events", {"Entries": [{}]}),
    "s3": ("list_objects_v2", {"Bucket": "b"}),
    "secretsmanager": ("get_secret_value", {"SecretId": "s"}),
    "sns": ("publish", {"Message": "m"}),
    "sqs": ("send_message", {"QueueUrl": "https://sqs/q", "MessageBody": "m"}),
}
OPERATIONS = {operation for operation, _ in ASKED.values()}
DAYS = (date.min, date(2020, 1, 21), date(2021, 10, 1), date(2024, 6, 1), date.max)


def data_of(folder: Path, *names: str) -> Path:
    """A part of botocore's data, so that it need not be copied whole."""
    for name in names:
        copytree(DATA / name, folder / name)
    for path in DATA.glob("*.json"):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy too, since botocore treats what is in its own folder in ways of its own."""
    return data_of(tmp_path_factory.mktemp("whole"), *ASKED)


@pytest.fixture(scope="module")
def pruned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = data_of(tmp_path_factory.mktemp("data"), *ASKED, "kinesis", "polly")
    prune(data, set(ASKED), OPERATIONS)
    return data


def session(data: Path) -> Session:
    made = Session()
    made.register_component("data_loader", Loader([str(data)], include_default_search_paths=False))
    made.set_credentials("an id", "a key")
    return made


def test_only_what_is_asked_for_is_left(pruned: Path) -> None:
    assert set(session(pruned).get_available_services()) == set(ASKED)


@pytest.mark.parametrize("service", sorted(ASKED))
def test_a_client_of_pruned_data_offers_and_asks_the_same(whole: Path, pruned: Path, service: str) -> None:
    sessions = (session(whole), session(pruned))
    theirs, ours = (made.create_client(service, "eu-central-1") for made in sessions)
    regions, left = (made.get_available_regions(service) for made in sessions)

    assert left == regions != []
    assert asked(ours, *ASKED[service]) == asked(theirs, *ASKED[service])
    assert offered(theirs, ours.meta.service_model.operation_names) == offered(ours)


def asked(client: Any, operation: str, parameters: dict[str, Any]) -> str:
    """Where a request would go; what follows in the address is of its hour."""
    where, _ = client.generate_presigned_url(operation, parameters).split("?")
    return str(where)


def offered(client: Any, operations: Sequence[str] = ()) -> dict[str, Any]:
    """Its operations, or those named, with all that they take, give and raise, however deep."""
    model = client.meta.service_model
    chosen = [model.operation_model(name) for name in operations or model.operation_names]
    return {one.name: (one.http, deep(one.input_shape), deep(one.output_shape), raised(one)) for one in chosen}


def raised(operation: OperationModel) -> list[Any]:
    return [(shape.name, shape.metadata, deep(shape)) for shape in operation.error_shapes]


def deep(shape: Shape | None, above: frozenset[str] = frozenset()) -> Any:
    """A shape with what stands in it; where it stands in itself, its name."""
    if shape is None or shape.name in above:
        return shape and shape.name
    within = above | {shape.name}
    match shape:
        case StructureShape():
            parts = {name: deep(member, within) for name, member in shape.members.items()}
            return (shape.name, shape.serialization, shape.required_members, parts)
        case ListShape():
            return (shape.name, shape.serialization, deep(shape.member, within))
        case MapShape():
            return (shape.name, shape.serialization, deep(shape.key, within), deep(shape.value, within))
    return (shape.name, shape.type_name, shape.serialization)


def test_every_operation_that_functions_ask_is_found_in_their_source() -> None:
    folder = Path(local.__file__).parents[1]
    asked = re.compile(r"""(?:client|bus|sns\(\)|s3\(\)|secrets\(\))\.(?:get_paginator\("(\w+)"|(\w+)\()""")
    sources = [path.read_text() for top in ("shared", "functions") for path in (folder / top).rglob("*.py")]
    found = {first or second for source in sources for first, second in asked.findall(source)} - {"get_paginator"}

    assert found >= OPERATIONS
    assert found <= names_in(folder)


@pytest.mark.parametrize(("service", "operation"), [("s3", "head_bucket"), ("dynamodb", "describe_endpoints")])
def test_what_botocore_asks_by_itself_is_left(pruned: Path, service: str, operation: str) -> None:
    client = session(pruned).create_client(service, "eu-central-1")

    assert operation in ASKED_BY_BOTOCORE
    assert hasattr(client, operation)
    assert not hasattr(client, "list_tables" if service == "dynamodb" else "list_buckets")


def test_no_text_of_a_manual_is_left_and_no_field_lost(pruned: Path) -> None:
    told = [path.read_text() for path in pruned.rglob("*.json")]

    assert len(told) > len(ASKED)
    assert not any(re.search(r'"documentation":"[^"]', text) for text in told)
    assert undocumented({"members": {"documentation": {"shape": "Text", "documentation": "<p>"}}}) == {
        "members": {"documentation": {"shape": "Text", "documentation": ""}}
    }


def test_what_botocore_does_not_know_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="botocore has no data of carrier-pigeon, telex in "):
        prune(data_of(tmp_path, "sqs"), {"sqs", "telex", "carrier-pigeon"}, OPERATIONS)


def test_all_that_functions_make_clients_of_is_kept() -> None:
    assert services() == set(ASKED)


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The law in a layer as `make build` leaves it."""
    layer = tmp_path_factory.mktemp("layer")
    (layer / "shared" / "policies").mkdir(parents=True)
    data_of(layer / "botocore" / "data", *services())
    main(layer)
    return layer / "shared" / "policies"


def test_the_law_is_packed_as_its_files_have_it(packed: Path) -> None:
    law: Policies = pickle.loads((packed / PACKED).read_bytes())  # noqa: S301 - packed a line ago
    told = from_files()

    assert (law.id, law.version, law.sources) == (told.id, told.version, told.sources)
    assert [law.on(day) for day in DAYS] == [told.on(day) for day in DAYS]
    assert law.changed(kx_first=14).on(date.max).kx_first.value == 14


def test_a_function_takes_the_law_as_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / PACKED).write_bytes(pickle.dumps(from_files().changed(kx_first=14)))
    monkeypatch.setattr(policy, "FOLDER", tmp_path)

    assert policies.__wrapped__().on(date.max).kx_first.value == 14


def test_a_checkout_reads_the_files() -> None:
    """A law packed long ago would otherwise be taken for the one that somebody has just changed."""
    assert not (FOLDER / PACKED).is_file()
