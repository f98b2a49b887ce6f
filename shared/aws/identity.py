"""The key under which files' patients are named: a secret of Secrets Manager, read once by each environment."""

from functools import cache

from shared.aws.errors import SettingMissing
from shared.aws.runtime import identity_key_arn, secrets
from shared.formats.identity import identified_by
from shared.formats.reading import Identify

_LENGTH = 32  # as many characters as SHA-256 has bytes: a shorter key could be guessed


def identity() -> Identify:
    return _of_secret(identity_key_arn())


def forget() -> None:
    """As a new execution environment would."""
    _of_secret.cache_clear()


@cache
def _of_secret(arn: str) -> Identify:
    key = secrets().get_secret_value(SecretId=arn).get("SecretString", "")
    if len(key) < _LENGTH:
        raise SettingMissing("IDENTITY_KEY_ARN", f"the name of a secret of {_LENGTH} characters or more")
    return identified_by(key.encode())
