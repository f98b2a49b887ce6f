"""The template before it is deployed: no error once expanded, and what the emulator leaves out is said."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.deployed.emulated import NotEmulated, emulated
from tests.deployed.expanded import REGION, Template
from tests.deployed.faults import without

CFN_LINT = Path(__file__).parents[2] / ".venv-sam" / "bin" / "cfn-lint"
ARCHIVE = {"Type": "AWS::Events::Archive", "Properties": {}}


def test_the_expanded_template_has_no_error(template: Template, tmp_path: Path) -> None:
    path = tmp_path / "expanded.json"
    path.write_text(json.dumps(template))

    done = subprocess.run(
        [CFN_LINT, "--non-zero-exit-code", "error", "--regions", REGION, "--", path],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stdout


def test_what_is_left_out_is_printed(template: Template, capsys: pytest.CaptureFixture[str]) -> None:
    left_out = emulated(template).left_out

    with capsys.disabled():
        print(  # noqa: T201  # whoever runs this should know
            "\nnot on the emulator:", *left_out, sep="\n  "
        )

    assert any("AWS::Events::Archive" in text for text in left_out)


def test_what_nobody_asks_for_is_left_out_whatever_it_is() -> None:
    part = {"Type": "AWS::New::Kind", "Condition": "HasLookback"}
    assert emulated(a_template(Thing=part)).template["Resources"] == {}


def a_template(**resources: dict[str, Any]) -> Template:
    return {"Resources": resources}


def test_a_kind_nobody_has_tried_stops_the_run() -> None:
    with pytest.raises(NotEmulated, match="AWS::New::Kind"):
        emulated(a_template(Thing={"Type": "AWS::New::Kind"}))


@pytest.mark.parametrize("reference", [{"Ref": "Old"}, {"Fn::GetAtt": ["Old", "Arn"]}, {"Fn::Sub": "x-${Old.Arn}"}])
def test_a_reference_to_what_is_left_out_stops_the_run(reference: dict[str, Any]) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"Tags": [reference]}}

    with pytest.raises(NotEmulated, match="Queue refers to Old"):
        emulated(a_template(Old=ARCHIVE, Queue=queue))


def test_who_waited_for_what_is_left_out_waits_no_more() -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {}, "DependsOn": ["Old", "Other"]}
    other = {"Type": "AWS::SQS::Queue", "Properties": {}}

    made = emulated(a_template(Old=ARCHIVE, Queue=queue, Other=other))

    assert made.template["Resources"]["Queue"]["DependsOn"] == ["Other"]
    assert made.left_out == ("Old: AWS::Events::Archive, the emulator refuses the kind",)


def test_an_api_is_made_without_its_routes() -> None:
    api = {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": {"paths": {}}, "FailOnWarnings": True}}

    made = emulated(a_template(Api=api))

    assert made.template["Resources"]["Api"]["Properties"] == {"FailOnWarnings": True}
    assert made.left_out == ("Api: AWS::ApiGatewayV2::Api.Body, the emulator makes no routes and authorizers of it",)


def test_a_fault_that_changes_nothing_is_no_fault(template: Template) -> None:
    with pytest.raises(ValueError, match="no such statement"):
        without(template, lambda _: False)
