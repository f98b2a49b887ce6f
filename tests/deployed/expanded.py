"""The built template as CloudFormation reads it once the SAM transform has run."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from samtranslator.translator.transform import transform  # type: ignore[import-untyped]

from local.template import read_template

Template = dict[str, Any]

BUILT = Path(__file__).parents[2] / ".aws-sam" / "build"
PACKAGES = "packages"  # the bucket; the key of a package is the name of its folder in BUILT
REGION = "us-east-1"
_CODE = ("CodeUri", "ContentUri")


class _NoManagedPolicies:
    """The translator asks AWS what policies there are; ours are named by their ARN or written out."""

    def load(self) -> dict[str, str]:
        return {}


def built_template() -> Template:
    path = BUILT / "template.yaml"
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there: run `make build` first, or `make deployed`, which does")
    return read_template(path.read_text(encoding="utf-8"))


def expanded(built: Mapping[str, Any]) -> Template:
    """`built` after the transform, every package said to lie in the bucket PACKAGES."""
    resources = {name: _packaged(resource) for name, resource in built["Resources"].items()}
    with patch.dict(os.environ, AWS_DEFAULT_REGION=REGION):
        made: Template = transform({**built, "Resources": resources}, {}, _NoManagedPolicies())
    return made


def _packaged(resource: Mapping[str, Any]) -> dict[str, Any]:
    properties = resource.get("Properties", {})
    moved = {key: {"Bucket": PACKAGES, "Key": properties[key]} for key in _CODE if key in properties}
    return {**resource, "Properties": {**properties, **moved}}
