"""What a function finds around it: settings and clients, made on first use; logger and metrics."""

import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from os import environ
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from aws_lambda_powertools import Logger, Metrics
from botocore.config import Config
from botocore.session import Session

from shared.aws.errors import SettingMissing, Stopped
from shared.core.errors import AuditError
from shared.core.severity import Severity

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_events import EventBridgeClient
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient

SERVICE = "ncd-audit"
# A function has 30 seconds: three tries of at most five seconds leave room for the rest of the batch.
_CONFIG = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 3, "mode": "standard"})


class Settings(NamedTuple):
    """What template.yaml tells the functions; `as_of` judges as of that date instead of today."""

    table_name: str
    quarantine_bucket: str
    topic_arn: str
    bus_name: str
    alert_min_severity: Severity
    as_of: date | None


@cache
def settings() -> Settings:
    return Settings(
        table_name=_required("TABLE_NAME"),
        quarantine_bucket=_required("QUARANTINE_BUCKET"),
        topic_arn=_required("TOPIC_ARN"),
        bus_name=_required("BUS_NAME"),
        alert_min_severity=severity("ALERT_MIN_SEVERITY"),
        as_of=_date("AS_OF"),
    )


def _required(name: str) -> str:
    if not environ.get(name):
        raise SettingMissing(name)
    return environ[name]


def severity(name: str) -> Severity:
    try:
        return Severity(_required(name))
    except ValueError:
        raise SettingMissing(name, f"one of {', '.join(Severity)}") from None


def _date(name: str) -> date | None:
    try:
        return date.fromisoformat(environ[name]) if environ.get(name) else None
    except ValueError:
        raise SettingMissing(name, "a date, YYYY-MM-DD, or nothing") from None


def inbox_url() -> str:
    """Only who sends to the inbox is told where it is."""
    return _required("INBOX_URL")


def intake_bucket() -> str:
    """Only who stores files for reading is told where."""
    return _required("INTAKE_BUCKET")


def identity_key_arn() -> str:
    """Only who reads other formats may see the key of patients' names."""
    return _required("IDENTITY_KEY_ARN")


def worklist_table() -> str:
    """Only the desk's functions are told where the list is."""
    return _required("WORKLIST_TABLE")


def lookback_bucket() -> str:
    """Only the look-back's functions are told where archives and results are."""
    return _required("LOOKBACK_BUCKET")


def lookback_concurrency() -> int:
    try:
        return int(_required("LOOKBACK_CONCURRENCY"))
    except ValueError:
        raise SettingMissing("LOOKBACK_CONCURRENCY", "a whole number") from None


def waits(name: str) -> timedelta:
    """How long something is left to its usual way, in minutes: told to who looks after it."""
    try:
        return timedelta(minutes=int(_required(name)))
    except ValueError:
        raise SettingMissing(name, "a whole number of minutes") from None


def now() -> datetime:
    return datetime.now(UTC)


def as_of() -> date:
    return settings().as_of or now().date()


@cache
def _session() -> Session:
    """Without boto3, whose resources and transfers nobody uses here: a function starts a twelfth faster."""
    return Session()


@cache
def _client(service: str) -> Any:
    return _session().create_client(service, config=_CONFIG)


dynamodb: Callable[[], "DynamoDBClient"] = partial(_client, "dynamodb")
s3: Callable[[], "S3Client"] = partial(_client, "s3")
sqs: Callable[[], "SQSClient"] = partial(_client, "sqs")
sns: Callable[[], "SNSClient"] = partial(_client, "sns")
events: Callable[[], "EventBridgeClient"] = partial(_client, "events")
secrets: Callable[[], "SecretsManagerClient"] = partial(_client, "secretsmanager")


def start_afresh() -> None:
    """Forget settings and clients, as a new execution environment would."""
    for made in (settings, _session, _client):
        made.cache_clear()


class _StandardOutput(logging.StreamHandler[TextIO]):
    """Writes to what standard output is now, not to what it was at import."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # logging has an attribute here, and never sets it for us
        return sys.stdout


# Both say of which stack they are: template.yaml tells it to powertools.
logger = Logger(logger_handler=_StandardOutput())
metrics = Metrics(namespace=SERVICE)


def log_failure(message: str, error: BaseException) -> None:
    """What failed and where. Only our own errors are known to hold nothing of a patient: of others no word is said."""
    said = str(error) if isinstance(error, AuditError) else ""
    *_, last = traceback.extract_tb(error.__traceback__)
    logger.error(message, error=type(error).__name__, said=said, at=f"{last.filename}:{last.lineno}")


@contextmanager
def quiet(message: str) -> Iterator[None]:
    """Let no error of others out of a function that Lambda calls without a batch."""
    try:
        yield
    except AuditError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever it says, it may say it of a patient
        log_failure(message, error)
        raise Stopped(type(error).__name__) from None
