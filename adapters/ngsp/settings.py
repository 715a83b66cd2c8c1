"""How to reach the integration platform, as whom, and what of it is not attested in any public source."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, field_validator

from lgsp.adapter import Config

from .meaning import MEANINGS, wrong_meaning

_VERSION = "; with or without a version, as your platform has it"


class NgspConfig(Config):
    """How to reach the platform, as whom, and where its services are."""

    url: str = Field(pattern=r"^https?://", description="root of the platform's gateway")
    client_id: str = Field(description="consumer key of the application that the platform gave the province")
    client_secret: SecretStr = Field(description="its consumer secret")
    credentials: Literal["basic", "form"] = Field(
        "basic", description="how the two are shown: by HTTP Basic (national), or in the form (Da Nang)"
    )
    token_path: str = Field("token", description="path of the token endpoint")
    scope: str = Field("", description="scope to ask a token for; empty: none is named")
    token_seconds: float = Field(
        300.0, gt=0, le=86_400, description="how long a token is used whose `expires_in` is missing or none"
    )
    renew_before: float = Field(
        60.0, ge=0, le=3600, description="seconds before its end from which on a new token is asked for"
    )
    timeout: float = Field(10.0, gt=0, description="seconds for one call, where the asker waits as long")
    business_path: str = Field(
        "apiCSDLDKDN/1.0/chiTietDoanhNghiep", description=f"path that tells of an enterprise{_VERSION}"
    )
    insurance_path: str = Field(
        "apiBHXH/1.0/getTraCuuTtHgdByMaSoBhxh",
        description=f"path that tells whose insurance number one is{_VERSION}",
    )
    insurance_number_path: str = Field(
        "apiBHXH/1.0/getMaSoBhxhTheoTieuChi",
        description=f"path that tells which insurance number somebody has{_VERSION}",
    )
    civil_status_path: str = Field(
        "apiHoTichTuPhap/1.0/traTrangThaiHoSo",
        description=f"path that tells how far a dossier of civil status is{_VERSION}",
    )
    entries_path: str = Field(
        "dmdc/1.0/Category/{catalogue}",
        description="path of the entries of a catalogue; Da Nang: `dldc/1.0.0/{catalogue}`",
    )
    properties_path: str = Field(
        "dmdc/1.0/Metadata/{catalogue}",
        description="path of the properties of a catalogue; empty where there are none, as any path here",
    )
    partial_birth: Literal["short", "zeros"] = Field(
        "short",
        description="how the day of birth goes out of which only the year, or the month, is known: `1960` or "
        "`19600000`; not attested in any public source, ask the insurance fund",
    )
    meanings: dict[str, str] = Field(
        default={},
        description="what the code of an answer means where that is not public, such as "
        "`insurance.05: not-found`; one of " + ", ".join(MEANINGS),
    )

    @field_validator("entries_path", "properties_path")
    @classmethod
    def _named(cls, path: str) -> str:
        if path and "{catalogue}" not in path:
            raise ValueError("write {catalogue} where the name of the catalogue stands")
        return path

    @field_validator("meanings")
    @classmethod
    def _known(cls, meanings: dict[str, str]) -> dict[str, str]:
        for place, meaning in meanings.items():
            if wrong := wrong_meaning(place, meaning):
                raise ValueError(wrong)
        return meanings
