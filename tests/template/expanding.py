"""template.yaml expanded as CloudFormation does it: without a network, an account or a built package.

`python -m tests.template.expanding FILE` writes it for the scanners (`make scan`).
"""

import json
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from samtranslator.policy_template_processor.processor import (  # type: ignore[import-untyped]
    PolicyTemplatesProcessor,
)
from samtranslator.translator.transform import transform  # type: ignore[import-untyped]

from local.template import TEMPLATE, read_template

_CODE = "s3://packages/placeholder"  # stands for what `sam package` uploads
_LOCAL_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


class _ManagedPolicies:
    """The translator asks for all policies of AWS, to find those that a function names. Ours name none."""

    def load(self) -> dict[str, str]:
        return {}


def expanded(text: str | None = None) -> dict[str, Any]:
    """The template without any AWS::Serverless resource."""
    template = _packaged(read_template(text or TEMPLATE.read_text(encoding="utf-8")))
    # The translator holds its own policy templates to their schema every time, a sixth of the work. Ours name none.
    trusted = patch.object(PolicyTemplatesProcessor, "_is_valid_templates_dict", return_value=True)
    with patch.dict(os.environ, {"AWS_DEFAULT_REGION": "us-east-1"}), trusted:
        result: dict[str, Any] = transform(template, _defaults(template), _ManagedPolicies())
    return result


def _packaged(template: dict[str, Any]) -> dict[str, Any]:
    common = template["Globals"]["Function"]
    if "CodeUri" in common:
        common["CodeUri"] = _CODE
    for resource in template["Resources"].values():
        named = _LOCAL_CODE.get(resource["Type"])
        if named in resource["Properties"]:
            resource["Properties"][named] = _CODE
    return template


def _defaults(template: Mapping[str, Any]) -> dict[str, Any]:
    return {name: parameter["Default"] for name, parameter in template["Parameters"].items()}


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # of the translator's own metrics
    Path(sys.argv[1]).write_text(json.dumps(expanded(), indent=1), encoding="utf-8")
