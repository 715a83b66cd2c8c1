"""The settings of the population database in `routes.yaml`."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from lgsp import adapter

from .answers import Meaning


class Direct(adapter.Config):
    """Who we are to the service itself: a password that is made anew for each call."""

    username: str = Field(min_length=1, description="name of the account")
    secret: SecretStr = Field(description="its secret key; it is never sent, only a hash over it")
    hash_url: str = Field(
        "", description="server address that goes into the hash; empty: the address of the service"
    )
    timestamp: Literal["milliseconds", "seconds"] = Field(
        "milliseconds", description="what the header `Timestamp` counts since 1970; clients differ"
    )
    client: str = Field("", description="header `X-Road-Client`; empty: not sent")
    api_key: SecretStr = Field(SecretStr(""), description="header `ApiKey`; empty: not sent")


class Provincial(adapter.Config):
    """Who we are to another province's or a ministry's gateway: `lgspaccesstoken`, and a token beside it."""

    access_key: str = Field(min_length=1, description="`AccessKey` of the header `lgspaccesstoken`")
    secret_key: SecretStr = Field(description="`SecretKey`")
    app_name: str = Field("", description="`AppName`")
    partner_code: str = Field("", description="`PartnerCode`")
    partner_code_cus: str = Field("", description="`PartnerCodeCus`")
    token_url: str = Field(
        "",
        description="where a token is asked for (client credentials); empty: none is, only the header goes",
    )
    token_header: Literal["Authorization", "X-Authentication-Token"] = Field(
        "Authorization", description="header of the token; the first one with `Bearer` before it"
    )
    renew_before: float = Field(60.0, ge=0, description="seconds before its end at which a token is renewed")


class Officer(adapter.Config):
    """Somebody here, as the service knows them."""

    code: str = Field(min_length=1, description="`MaCanBo`")
    username: str = Field("", description="name of their own account, for the header `AuthHash`; empty: none")
    password: SecretStr = Field(SecretStr(""), description="password of that account")


class Settings(adapter.Config):
    """How the population database is asked, and as whom."""

    url: str = Field(description="address of the service")
    verification_url: str = Field("", description="address of the verification, if that is another one")
    form: Literal["soap", "json"] = Field(
        "soap", description="soap, or json for proxies that take JSON and answer XML in `message`"
    )
    direct: Direct | None = Field(None, description="credentials for the service itself")
    provincial: Provincial | None = Field(None, description="credentials for a gateway in front of it")
    officer: str = Field("", description="`MaCanBo` of everybody who is not in `officers`; empty: their own")
    officers: dict[str, Officer] = Field(
        default={}, description="people, as the asking systems name them, and their `MaCanBo`"
    )
    only_officers: bool = Field(default=False, description="ask for those in `officers` alone")
    service: str = Field("", description="`MaDVC` where a question names no procedure; empty: not sent")
    agency: str = Field("", description="`GovAgencyCode` of the JSON form")
    request_ids: Literal["text", "number"] = Field(
        "text", description="`MaYeuCau`: 32 letters and digits, or 18 digits for who reads it as a number"
    )
    codes: dict[str, Meaning] = Field(
        default={}, description="what further error codes mean; 004 and 005 are known"
    )
    facade: str = Field(
        "", description="address at which systems here ask, as its documents say; empty: as they came"
    )
    timeout: float = Field(10.0, gt=0, description="seconds for a call, if the caller waits that long")

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.direct is not None and self.provincial is not None:
            raise ValueError("credentials: `direct` or `provincial`, not both")
        return self
