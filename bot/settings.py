"""The settings: read once from the environment and `.env`, then never changed."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsWrong(Exception):
    """The settings cannot be used; the text has one line for each of them that is missing or wrong."""


class Settings(BaseSettings):
    """What an office sets. A channel without a token is off."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, env_file_encoding="utf-8")

    telegram_token: SecretStr | None = None
    telegram_api_url: str = Field("https://api.telegram.org", pattern=r"^https?://[^\s/]+(/[^\s]*)?$")
    data_dir: Path
    office_name: str = Field(min_length=3, max_length=100)
    office_zone: str = "Asia/Jakarta"
    web_host: str = "127.0.0.1"
    web_port: int = Field(8080, ge=0, le=65535)
    public_url: str | None = Field(None, pattern=r"^https?://[^\s/]+(/[^\s]*)?$")
    log_level: str = "INFO"

    @field_validator("telegram_token")
    @classmethod
    def _shaped_like_a_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            number, _, rest = value.get_secret_value().partition(":")
            if not number.isdigit() or len(rest) < 20:
                raise ValueError("is not a token as @BotFather gives it, like 123456:ABC…")
        return value

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
    name = str(where[0]).upper() if where else "settings"
    if kind == "missing":
        return f"{name} is missing"
    return f"{name}: {message.removeprefix('Value error, ')}"
