"""The settings: read once from the environment and `.env`, then never changed."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.backup import Keeping
from bot.sealing import read_public_keys

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
WITH_WHATSAPP = ("whatsapp_phone_id", "whatsapp_business_id", "whatsapp_app_secret", "whatsapp_verify_token")


class SettingsWrong(Exception):
    """The settings cannot be used; the text has one line for each of them that is missing or wrong."""


class Settings(BaseSettings):
    """What an office sets. A channel without a token is off."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, env_file_encoding="utf-8")

    telegram_token: SecretStr | None = None
    telegram_api_url: str = Field("https://api.telegram.org", pattern=r"^https?://[^\s/]+(/[^\s]*)?$")
    whatsapp_token: SecretStr | None = None
    whatsapp_phone_id: str | None = Field(None, pattern=r"^[0-9]{5,20}$")
    whatsapp_business_id: str | None = Field(None, pattern=r"^[0-9]{5,20}$")
    whatsapp_app_secret: SecretStr | None = Field(None, min_length=32)
    whatsapp_verify_token: SecretStr | None = Field(None, min_length=8)
    whatsapp_api_url: str = Field("https://graph.facebook.com", pattern=r"^https?://[^\s/]+(/[^\s]*)?$")
    data_dir: Path
    office_name: str = Field(min_length=3, max_length=100)
    office_zone: str = "Asia/Jakarta"
    web_host: str = "127.0.0.1"
    web_port: int = Field(8080, ge=0, le=65535)
    public_url: str | None = Field(None, pattern=r"^https?://[^\s/]+(/[^\s]*)?$")
    log_level: str = "INFO"
    backup_key: str | None = None
    backup_folder: Path | None = None

    @field_validator("telegram_token")
    @classmethod
    def _shaped_like_a_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            number, _, rest = value.get_secret_value().partition(":")
            if not number.isdigit() or len(rest) < 20:
                raise ValueError("is not a token as @BotFather gives it, like 123456:ABC…")
        return value

    @model_validator(mode="after")
    def _whatsapp_is_whole(self) -> "Settings":
        """Refuse a half-set channel: without its secrets anybody could speak for WhatsApp."""
        missing = [name.upper() for name in WITH_WHATSAPP if getattr(self, name) is None]
        if self.whatsapp_token is not None and missing:
            raise ValueError(f"WHATSAPP_TOKEN is set, so these must be: {', '.join(missing)}")
        return self

    @field_validator("backup_key")
    @classmethod
    def _public_keys(cls, value: str | None) -> str | None:
        return ",".join(read_public_keys(value)) if value is not None else None

    @model_validator(mode="after")
    def _backups_leave_encrypted(self) -> "Settings":
        """Refuse a folder without a key: what leaves the machine is people's names and numbers."""
        if self.backup_folder is not None:
            if self.backup_key is None:
                raise ValueError("BACKUP_FOLDER is set, so BACKUP_KEY must be: python -m bot backup-key makes one")
            if self.backup_folder.resolve().is_relative_to(self.data_dir.resolve()):
                raise ValueError("BACKUP_FOLDER is in DATA_DIR, so nothing would leave it: name another disk's folder")
        return self

    @field_validator("office_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("is not a zone; Asia/Jakarta, Asia/Makassar or Asia/Jayapura") from None
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in LOG_LEVELS:
            raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
        return value.upper()


def keeping_of(settings: Settings) -> Keeping:
    """Return how the office keeps its backups."""
    keys = tuple(settings.backup_key.split(",")) if settings.backup_key else ()
    return Keeping(keys, settings.backup_folder.absolute() if settings.backup_folder else None)


def whatsapp_account(settings: Settings) -> tuple[str, str, str, str, str]:
    """Return (token, number's id, app secret, verify token, address of the API) of an office that has WhatsApp."""
    token, secret, verify = settings.whatsapp_token, settings.whatsapp_app_secret, settings.whatsapp_verify_token
    assert token is not None, "the caller has looked"
    assert secret is not None, "checked when the settings were read"
    assert verify is not None, "checked when the settings were read"
    number = settings.whatsapp_phone_id or ""
    words = (token.get_secret_value(), number, secret.get_secret_value(), verify.get_secret_value())
    return (*words, settings.whatsapp_api_url)


def read_settings(file: Path = Path(".env")) -> Settings:
    """Read the settings; the environment outranks the file. Raises SettingsWrong."""
    if file.exists() and os.name == "posix" and file.stat().st_mode & 0o004:
        raise SettingsWrong(f"{file} can be read by everyone on this machine: chmod 600 {file}")
    try:
        return Settings(_env_file=file if file.exists() else None)  # type: ignore[call-arg]  # the rest is read
    except ValidationError as why:
        raise SettingsWrong(
            "\n".join(_line(error["loc"], error["type"], error["msg"]) for error in why.errors())
        ) from None
    except UnicodeDecodeError:
        raise SettingsWrong(f"{file} is not a text file in UTF-8") from None


def _line(where: tuple[int | str, ...], kind: str, message: str) -> str:
    if not where:
        return message.removeprefix("Value error, ")
    name = str(where[0]).upper()
    if kind == "missing":
        return f"{name} is missing"
    return f"{name}: {message.removeprefix('Value error, ')}"
