"""What every adapter must hold: inherit `AdapterContract` and name the adapter's folder."""

from __future__ import annotations

import ast
import importlib
import mimetypes
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pytest
import structlog
from pydantic import BaseModel, SecretStr, ValidationError

from lgsp.adapter import Adapter, Tools
from lgsp.adapters import adapter_class
from lgsp.errors import Rejected, Scope, Unavailable
from lgsp.message import VIETNAM, Kind, Message, Raw
from lgsp.questions import Questions
from lgsp.schemas import Types
from lgsp.wire.http import Answer, Http

OPEN_TO_ADAPTERS = frozenset(
    {"adapter", "enquiry", "errors", "redacting", "message", "wire", "formats", "domain", "canonical"}
)
SECRET_WORDS = ("password", "secret", "token", "key", "passphrase")
_SECRET = "s3cret-of-the-contract-suite"  # noqa: S105 - nobody's secret: it is looked for where it must not be


class NobodyThere(Http):
    """A far side that does not answer."""

    async def _call(self, *_: Any, **__: Any) -> Answer:
        raise Unavailable("not-reachable", scope=Scope.SYSTEM)


class AdapterContract:
    """The rules of every adapter.

    Attributes:
        name: the adapter's folder.
        settings: values for its settings, as `config` in `routes.yaml` has them; secrets need none.
    """

    name: ClassVar[str]
    settings: ClassVar[dict[str, Any]] = {}

    def native(self, type_: str, data: dict[str, Any]) -> Any:
        """Return what goes out of a canonical body: the adapter's own mapping. Only if it has `*.sent.*`."""
        raise NotImplementedError(f"{type(self).__name__} has samples `*.sent.*`: override `native`")

    # --- what is looked at ------------------------------------------------------------------------------

    @cached_property
    def adapter(self) -> Adapter:
        """The adapter with its settings, in front of a far side that does not answer."""
        cls = adapter_class(self.name)
        log: Any = structlog.get_logger(self.name)
        tools = Tools(NobodyThere(), lambda: datetime.now(VIETNAM), log)
        return cls(cls.Config.model_validate(self._settings), tools)

    @property
    def _settings(self) -> dict[str, Any]:
        secrets = {name: _SECRET for name, field in self._fields().items() if field.annotation is SecretStr}
        return secrets | self.settings

    def _fields(self) -> dict[str, Any]:
        return dict(adapter_class(self.name).Config.model_fields)

    @cached_property
    def folder(self) -> Path:
        """The adapter's folder."""
        return Path(str(importlib.import_module(f"lgsp.adapters.{self.name}").__file__)).parent

    @cached_property
    def types(self) -> Types:
        """The canonical types of the home."""
        return Types()

    def samples(self, kind: str) -> list[Path]:
        """Return the samples of a kind (`in`, `sent`), by name."""
        return sorted((self.folder / "samples").glob(f"*.{kind}.*"))

    def beside(self, path: Path, ending: str) -> Path:
        """Return the file that stands beside a sample: `x.json` of `x.in.xml`."""
        return path.with_name(path.name.split(".")[0] + ending)

    async def read(self, path: Path) -> list[Message | Rejected]:
        """Read a sample as it came; a body of which nothing can be read is one rejected item."""
        try:
            return await self.adapter.read(_raw(path))
        except Rejected as reason:
            return [reason]

    def type_of(self, data: dict[str, Any]) -> str:
        """Return the one type that the adapter takes and that a canonical body fits."""
        (fits,) = [name for name in sorted(self.adapter.takes) if not self.types.check(name, data)]
        return fits

    # --- samples ----------------------------------------------------------------------------------------

    def test_every_sample_stands_in_a_pair(self) -> None:
        """What came stands beside what it became or what was wrong with it; what went beside what it was."""
        endings = {"in": (".json", ".error.json"), "sent": (".json",)}
        alone = [
            path.name
            for kind, ways in endings.items()
            for path in self.samples(kind)
            if not any(self.beside(path, ending).exists() for ending in ways)
        ]
        assert alone == []

    async def test_what_came_is_read_as_the_samples_show(self) -> None:
        """Each `x.in.*` becomes the canonical bodies of `x.json`, in order, and each fits its type."""
        for path in self.samples("in"):
            expected = self.beside(path, ".json")
            if not expected.exists():
                continue
            read = await self.read(path)
            assert [m.data for m in read if isinstance(m, Message)] == _listed(expected), path.name
            for message in read:
                assert isinstance(message, Message), path.name
                assert self.types.check(message.type, message.data) == [], path.name

    async def test_what_is_broken_is_turned_away_with_every_fault(self) -> None:
        """Each `x.in.*` beside an `x.error.json` is rejected with those faults: place, code, detail."""
        for path in self.samples("in"):
            expected = self.beside(path, ".error.json")
            if expected.exists():
                reasons = [reason for reason in await self.read(path) if isinstance(reason, Rejected)]
                said = [
                    [{"place": p.place, "code": p.code, "detail": p.detail} for p in reason.problems]
                    for reason in reasons
                ]
                assert said == orjson.loads(expected.read_bytes()), path.name

    async def test_what_is_read_can_be_told_apart_and_told_again(self) -> None:
        """Every message has an identity that a second reading finds again, and the line of its code."""
        for path in self.samples("in"):
            for message, again in zip(await self.read(path), await self.read(path), strict=True):
                if isinstance(message, Message) and isinstance(again, Message):
                    self._identified(message, again)

    def _identified(self, message: Message, again: Message) -> None:
        assert message.type in self.adapter.brings
        assert len(message.native) == 32
        assert (message.native, message.key) == (again.native, again.key)
        info = self.types[message.type]
        assert (message.key is None) == (info.kind is Kind.SNAPSHOT)
        made = self.types.message(message.type, message.data)
        assert (message.subject, message.partitionkey) == (made.subject, made.partitionkey)

    def test_what_goes_out_is_written_as_the_samples_show(self) -> None:
        """Each `y.json` fits one type that the adapter takes, and goes out as `y.sent.*`."""
        for path in self.samples("sent"):
            bodies = _listed(self.beside(path, ".json"))
            written = [self.native(self.type_of(data), data) for data in bodies]
            text = path.read_bytes()
            expected = orjson.loads(text) if path.suffix == ".json" else text.decode()
            assert (written if isinstance(expected, list) else written[0]) == expected, path.name

    # --- settings ---------------------------------------------------------------------------------------

    def test_every_setting_is_described(self) -> None:
        """Whoever writes `routes.yaml` can read what each setting is."""
        silent = [
            place for place, field in _all_fields(adapter_class(self.name).Config) if not field.description
        ]
        assert silent == []

    def test_unknown_settings_are_refused(self) -> None:
        """A misspelt setting is a fault at start, not a default at night."""
        config = adapter_class(self.name).Config
        with pytest.raises(ValidationError, match="no-such-setting"):
            config.model_validate({**self._settings, "no-such-setting": 1})

    def test_secrets_are_secret(self) -> None:
        """What is named like a secret is a `SecretStr`, and no `repr` of the adapter shows it."""
        plain = [
            place
            for place, field in _all_fields(adapter_class(self.name).Config)
            if place.rpartition(".")[2].endswith(SECRET_WORDS)
            and field.annotation not in (SecretStr, SecretStr | None)
        ]
        assert plain == []
        assert _SECRET not in f"{self.adapter!r} {self.adapter.config!r} {vars(self.adapter)!r}"

    # --- what it says it is -----------------------------------------------------------------------------

    def test_what_it_brings_and_takes_are_known_types(self) -> None:
        """An adapter speaks of types that the home has a schema for, and of at least one."""
        spoken = self.adapter.brings | self.adapter.takes
        assert spoken | self.adapter.answers
        assert spoken <= set(self.types)
        assert self.adapter.answers <= set(Questions().asked)

    def test_who_names_jobs_fetches(self) -> None:
        """What a home may schedule is fetched, and what is fetched can be scheduled."""
        cls = type(self.adapter)
        assert bool(cls.jobs) == (cls.fetch is not Adapter.fetch)

    def test_it_imports_only_what_is_for_adapters(self) -> None:
        """An adapter knows the contract, the ground and its own folder: no other adapter, not the heart."""
        foreign = [
            f"{path.name}: {name}" for path in self.folder.rglob("*.py") for name in self._foreign(path)
        ]
        assert foreign == []

    def _foreign(self, path: Path) -> Iterator[str]:
        for name in _imported(ast.parse(path.read_text(encoding="utf-8"))):
            top, _, rest = name.partition(".")
            part = rest.partition(".")[0]
            ours = part == "adapters" and rest.partition(".")[2].partition(".")[0] == self.name
            if top == "lgsp" and part not in OPEN_TO_ADAPTERS and not ours:
                yield name

    async def test_a_far_side_that_does_not_answer_is_unavailable_and_nothing_else(self) -> None:
        """`check`, `probe` and `send` raise Unavailable when nobody answers: no refusal on a guess."""
        for type_ in sorted(self.adapter.takes):
            subject = Message(type_, "H44.11-260131-0001", "H44.11-260131-0001", {})
            await _survives(self.adapter.probe(subject))
        await _survives(self.adapter.check())
        for path in self.samples("sent"):
            for data in _listed(self.beside(path, ".json")):
                with pytest.raises(Unavailable):
                    await self.adapter.send(self.types.message(self.type_of(data), data))

    async def test_it_can_be_closed_at_any_time(self) -> None:
        """A stop before the first call is a stop like any other."""
        await self.adapter.close()


def _raw(path: Path) -> Raw:
    return Raw.of(path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream")


async def _survives(act: Any) -> None:
    try:
        await act
    except Unavailable:
        return


def _listed(path: Path) -> list[dict[str, Any]]:
    read = orjson.loads(path.read_bytes())
    return read if isinstance(read, list) else [read]


def _all_fields(model: type[BaseModel], place: str = "") -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        yield f"{place}{name}", field
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _all_fields(field.annotation, f"{place}{name}.")


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
