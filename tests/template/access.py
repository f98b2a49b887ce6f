"""What the roles may do: only what is named, only to what is named, and never to change what stands."""

from collections.abc import Iterator

from tests.template.resources import (
    BUCKET,
    FUNCTION,
    MACHINE,
    ROLE,
    TABLE,
    Expanded,
    Statement,
    named,
    written,
)

# What changes or removes what stands.
REWRITING = {
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLUpdate",
    "dynamodb:UpdateItem",
}
# SAM makes this role; its policy is AWS's own for changing the weights of aliases.
_OF_SAM = "CodeDeployServiceRole"


def policies_are_our_own(stack: Expanded) -> Iterator[str]:
    """A policy of AWS allows its actions on everything."""
    own = stack.of("AWS::IAM::ManagedPolicy")
    for role, properties in stack.of(ROLE).items():
        for policy in properties.get("ManagedPolicyArns", []):
            if named(policy) not in own and role != _OF_SAM:
                yield f"{role} has {named(policy)}"


def every_function_has_its_own_role(stack: Expanded) -> Iterator[str]:
    roles = {function: stack.role_of(function) for function in stack.of(FUNCTION)}
    for function, role in roles.items():
        if role not in stack.of(ROLE) or list(roles.values()).count(role) > 1:
            yield f"{function} runs as {role}"
            continue
        assumed = written(role, stack.of(ROLE)[role]["AssumeRolePolicyDocument"])
        if [one.principal for one in assumed] != [{"Service": "lambda.amazonaws.com"}]:
            yield f"{role} can be assumed by others than Lambda"


def actions_are_named(stack: Expanded) -> Iterator[str]:
    for role, one in stack.granted():
        yield from (f"{role} may {action}" for action in one.actions if "*" in action)


def resources_are_named(stack: Expanded) -> Iterator[str]:
    """The objects of a bucket, or of a folder of it, and executions are all whose names are not known."""
    for role, one in stack.granted():
        for resource in one.resources:
            if _named_by_others(resource, stack):
                continue
            if "*" in resource or resource.split("/")[0].split(".")[0] not in stack.resources:
                yield f"{role} may {', '.join(one.actions)} on {resource}"


def _named_by_others(resource: str, stack: Expanded) -> bool:
    owner, _, rest = resource.partition("/")
    if owner in stack.of(BUCKET):
        return rest == "*" or (rest.endswith("/*") and "*" not in rest[:-1])
    return resource.endswith(':execution:${Lookback.Name}:*"}') and "Lookback" in stack.of(MACHINE)


def nothing_that_stands_is_changed_by_a_role(stack: Expanded) -> Iterator[str]:
    removing = REWRITING | {"s3:DeleteObject", "s3:DeleteObjectVersion", "sqs:PurgeQueue"}
    for role, one in stack.granted():
        yield from (f"{role} may {action}" for action in one.actions if action in removing)


def nothing_that_stands_is_changed_by_anyone(stack: Expanded) -> Iterator[str]:
    for name, table in stack.of(TABLE).items():
        statements = written(name, table.get("ResourcePolicy", {}).get("PolicyDocument", {"Statement": []}))
        denied = {action for one in statements if denies_all(one) and not one.condition for action in one.actions}
        yield from (f"{name} allows {action}" for action in REWRITING - denied)
        yield from (f"the policy of {name} allows {one.actions}" for one in statements if one.effect != "Deny")


def denies_all(one: Statement) -> bool:
    return one.effect == "Deny" and one.principal == "*"


CHECKS = (
    policies_are_our_own,
    every_function_has_its_own_role,
    actions_are_named,
    resources_are_named,
    nothing_that_stands_is_changed_by_a_role,
    nothing_that_stands_is_changed_by_anyone,
)
