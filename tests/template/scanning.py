"""What the scanners say of the expanded template, less what .ci/exemptions.toml explains (`make scan`)."""

import json
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

_ROOT = Path(__file__).parents[2]
EXEMPTIONS = _ROOT / ".ci" / "exemptions.toml"
_MAY_FIND = {0, 1, 2, 4, 6, 8, 10, 12, 14}  # exit statuses of the scanners; cfn-lint adds up bits for what it found


class Finding(NamedTuple):
    """What a rule says of a resource."""

    rule: str
    resource: str
    what: str


@dataclass(frozen=True)
class Exemption:
    """Findings of these rules stand: on the resources named, or on all of a kind."""

    rules: tuple[str, ...]
    reason: str
    resources: tuple[str, ...] = ()
    kind: str = ""

    def explains(self, finding: Finding, kinds: Mapping[str, str]) -> bool:
        on = finding.resource in self.resources or kinds.get(finding.resource) == self.kind
        return finding.rule in self.rules and on


def exemptions() -> tuple[Exemption, ...]:
    read = tomllib.loads(EXEMPTIONS.read_text(encoding="utf-8"))["exempt"]
    return tuple(
        Exemption(tuple(one["rules"]), one["reason"], tuple(one.get("resources", ())), one.get("kind", ""))
        for one in read
    )


def unexplained(findings: Iterable[Finding], known: Sequence[Exemption], kinds: Mapping[str, str]) -> list[Finding]:
    return [finding for finding in findings if not any(one.explains(finding, kinds) for one in known)]


def idle(findings: Sequence[Finding], known: Iterable[Exemption]) -> list[str]:
    """Rules of exemptions that find nothing: what is not needed would hide the next fault."""
    found = {finding.rule for finding in findings}
    return sorted({rule for one in known for rule in one.rules} - found)


def _said(*command: str | Path) -> Any:
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    try:
        if done.returncode in _MAY_FIND:
            return json.loads(done.stdout)
    except json.JSONDecodeError:
        pass
    sys.exit(f"{command[0]} gave no answer (status {done.returncode}): {done.stderr[-2000:]}")


def by_cfn_lint(template: Path) -> list[Finding]:
    """With -I: what it would merely inform about counts too."""
    said = _said(".venv-scan/bin/cfn-lint", "-I", "--format", "json", template)
    places = [(*one["Location"]["Path"], "", "")[1] for one in said]
    return [Finding(one["Rule"]["Id"], str(at), one["Message"]) for one, at in zip(said, places, strict=True)]


def by_checkov(template: Path) -> list[Finding]:
    only = ("--framework", "cloudformation", "--skip-download", "--quiet", "--compact", "-o", "json")
    said = _said(".venv-scan/bin/checkov", *only, "--file", template)
    if said["summary"]["parsing_errors"] or not said["summary"]["passed"]:
        sys.exit("checkov could not read the template")
    failed = said["results"]["failed_checks"]
    return [Finding(one["check_id"], one["resource"].split(".")[-1], one["check_name"]) for one in failed]


def by_cdk_nag(template: Path) -> list[Finding]:
    said = _said("node", ".ci/nag/check.js", template)
    return [Finding(one["rule"], one["resource"], one["what"]) for one in said]


def _tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what was asked for


def main(template: Path) -> None:
    known = exemptions()
    resources = json.loads(template.read_text(encoding="utf-8"))["Resources"]
    kinds = {name: resource["Type"] for name, resource in resources.items()}
    findings: list[Finding] = []
    for name, scanner in (("cfn-lint", by_cfn_lint), ("checkov", by_checkov), ("cdk-nag", by_cdk_nag)):
        began = time.monotonic()
        found = scanner(template)
        open_ones = unexplained(found, known, kinds)
        _tell(f"{name}: {len(found)} findings, {len(open_ones)} unexplained, {time.monotonic() - began:.1f} s")
        findings += found
    wrong = [f"{one.rule} on {one.resource}: {one.what}" for one in unexplained(findings, known, kinds)]
    wrong += [f"{rule} finds nothing any more: take it out of {EXEMPTIONS.name}" for rule in idle(findings, known)]
    _tell(f"{len(resources)} resources, {len(known)} exemptions")
    sys.exit("\n".join(wrong) or None)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
