"""The exemptions: few, each with a reason, and none wider than what it explains."""

from tests.template.resources import ours
from tests.template.scanning import Exemption, Finding, exemptions, idle, unexplained

KINDS = {"Inbox": "AWS::SQS::Queue", "Dead": "AWS::SQS::Queue", "Table": "AWS::DynamoDB::Table"}
BY_NAME = Exemption(("R1",), "a reason", resources=("Dead",))
BY_KIND = Exemption(("R2",), "a reason", kind="AWS::SQS::Queue")


def test_their_number_is_a_decision() -> None:
    assert len(exemptions()) == 16


def test_each_says_why_and_of_what() -> None:
    kinds = {resource["Type"] for resource in ours().resources.values()}
    for one in exemptions():
        assert len(one.reason.split()) > 10
        assert set(one.resources) <= set(ours().resources)
        assert one.kind in kinds or one.resources


def test_a_finding_is_explained_for_what_is_named_only() -> None:
    known = [BY_NAME, BY_KIND]
    stand = [Finding("R1", "Dead", ""), Finding("R2", "Inbox", ""), Finding("R2", "Dead", "")]
    wrong = [Finding("R1", "Inbox", ""), Finding("R2", "Table", ""), Finding("R3", "Dead", ""), Finding("R2", "", "")]

    assert unexplained([*stand, *wrong], known, KINDS) == wrong


def test_what_explains_nothing_is_told() -> None:
    assert idle([Finding("R1", "Dead", "")], [BY_NAME, BY_KIND]) == ["R2"]
