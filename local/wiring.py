"""What template.yaml describes, made on moto: the template is the one place where the wiring is written.

A resource is made when something first refers to it, and in the end every one is made that is not knowingly left out.
A type or a reference that is not understood stops the simulation: a part left out unseen would make it lie.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from local.counterparts import MAKERS, Made
from local.functions import Function, TemplateNotUnderstood, function

_NO_PERMISSIONS = "moto asks nobody for permission"
NOT_SIMULATED = {
    "AWS::CloudWatch::Alarm": "nobody watches a simulation",
    "AWS::CloudWatch::Dashboard": "nobody watches a simulation",
    "AWS::Events::Archive": "a copy for replay",
    "AWS::Events::EventBusPolicy": _NO_PERMISSIONS,
    "AWS::IAM::ManagedPolicy": _NO_PERMISSIONS,
    "AWS::IAM::Policy": _NO_PERMISSIONS,
    "AWS::IAM::Role": _NO_PERMISSIONS,
    "AWS::KMS::Key": "nothing is kept, so nothing is encrypted",
    "AWS::Lambda::Permission": _NO_PERMISSIONS,
    "AWS::Logs::LogGroup": "what the functions print is heard by the invoker",
    "AWS::S3::BucketPolicy": _NO_PERMISSIONS,
    "AWS::SNS::Subscription": "e-mail to people",
    "AWS::SNS::TopicPolicy": _NO_PERMISSIONS,
    "AWS::SQS::QueuePolicy": _NO_PERMISSIONS,
    "AWS::StepFunctions::StateMachine": "tests/fleet runs its definition",
    "AWS::Serverless::HttpApi": "ncd-audit serve answers for the desk; what is posted is handed to the function",
    "AWS::Serverless::LayerVersion": "the code is imported where it lies",
}
_PSEUDO = {
    "AWS::StackName": "ncd-audit",
    "AWS::Region": "us-east-1",
    "AWS::Partition": "aws",
    "AWS::AccountId": "123456789012",
}


class Stack:
    """The resources of one template, made on demand. What is not given of its parameters has its default."""

    def __init__(self, template: Mapping[str, Any], given: Mapping[str, str] = MappingProxyType({})) -> None:
        self._template = template
        self._given = given
        self._made: dict[str, Made] = {}

    def make_all(self) -> tuple[Function, ...]:
        """Make every resource; the functions with the settings and event sources the template gives them."""
        asked_for = {name: r for name, r in self._template["Resources"].items() if self._is_asked_for(r)}
        for name, resource in asked_for.items():
            if resource["Type"] not in {*NOT_SIMULATED, "AWS::Serverless::Function"}:
                self.made(name)
        common = self._template.get("Globals", {}).get("Function", {})
        return tuple(
            function(name, self.resolved(common), self.resolved(resource["Properties"]))
            for name, resource in asked_for.items()
            if resource["Type"] == "AWS::Serverless::Function"
        )

    def _is_asked_for(self, resource: Mapping[str, Any]) -> bool:
        """Whether CloudFormation would make it with these parameters."""
        if "Condition" not in resource:
            return True
        match self._template["Conditions"][resource["Condition"]]:
            case {"Fn::Not": [{"Fn::Equals": [left, right]}]}:
                return str(self.resolved(left)) != str(right)
        raise TemplateNotUnderstood(f"condition {resource['Condition']} is none of the form !Not [!Equals [.., ..]]")

    def of_type(self, kind: str) -> list[Made]:
        return [self.made(name) for name, resource in self._template["Resources"].items() if resource["Type"] == kind]

    def made(self, name: str) -> Made:
        if name not in self._made:
            resource = self._template["Resources"][name]
            maker = MAKERS.get(resource["Type"])
            if maker is None:
                raise TemplateNotUnderstood(f"{name}: no counterpart for {resource['Type']}")
            self._made[name] = maker(name, self.resolved(resource.get("Properties", {})))
        return self._made[name]

    def resolved(self, value: Any) -> Any:
        """The value with every Ref, GetAtt and Sub replaced by what it refers to."""
        match value:
            case {"Ref": str(name)}:
                return self._ref(name)
            case {"Fn::GetAtt": [name, attribute]}:
                return self._attribute(name, attribute)
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([^}]+)\}", lambda found: self._named(found[1]), text)
            case dict():
                return {key: self.resolved(part) for key, part in value.items()}
            case list():
                return [self.resolved(part) for part in value]
        return value

    def _named(self, name: str) -> str:
        return self._attribute(*name.split(".", 1)) if "." in name else self._ref(name)

    def _ref(self, name: str) -> str:
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self._template.get("Parameters", {}):
            return self._given.get(name, str(self._template["Parameters"][name]["Default"]))
        if self._template["Resources"][name]["Type"] in NOT_SIMULATED:
            return name
        return self.made(name).ref

    def _attribute(self, name: str, attribute: str) -> str:
        if self._template["Resources"][name]["Type"] in NOT_SIMULATED:
            return f"{name}.{attribute}"
        attributes = self.made(name).attributes
        if attribute not in attributes:
            raise TemplateNotUnderstood(f"{name}: no counterpart for its attribute {attribute}")
        return attributes[attribute]
