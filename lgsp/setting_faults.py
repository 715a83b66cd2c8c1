"""What is wrong with the settings of a home's systems: variables, keys, values and jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from lgsp.adapter import Adapter
from lgsp.errors import ConfigError
from lgsp.routes import Place, Routes, resolved


def config_faults(name: str, file: Routes, cls: type[Adapter]) -> Iterator[str]:
    """Yield what is wrong with an adapter's settings: unset variables, unknown keys, wrong values."""
    unset: dict[Place, str] = {}
    config = _filled(file.systems[name].config, (), unset)
    for place, told in unset.items():
        yield _setting(file, name, place, told)
    try:
        cls.Config.model_validate(config)
    except ValidationError as fault:
        for error in fault.errors(include_input=False, include_context=False):
            if error["loc"] not in unset:
                yield _setting(file, name, error["loc"], _told(error, cls.Config))


def job_faults(name: str, file: Routes, cls: type[Adapter]) -> Iterator[str]:
    """Yield the jobs of a system that its adapter cannot fetch, or not without a setting."""
    for job in file.systems[name].jobs:
        here, needed = file.place("systems", name, "jobs", job), cls.optional.get(job)
        if job not in cls.jobs:
            known = f"use {', '.join(sorted(cls.jobs))}" if cls.jobs else "it has none; take it out"
            yield f"{here}: systems.{name} has no job {job!r}; {known}"
        elif needed and not file.systems[name].config.get(needed):
            yield f"{here}: systems.{name}: job {job!r} needs `config.{needed}`; add it, or take the job out"


def _setting(file: Routes, name: str, place: Place, told: str) -> str:
    path = ".".join(map(str, ("systems", name, "config", *place)))
    return f"{file.place('systems', name, 'config', *place)}: {path}: {told}"


def _filled(config: Any, place: Place, unset: dict[Place, str]) -> Any:
    """Return settings with their variables filled in; one that is not set stands as it was written."""
    if isinstance(config, dict):
        return {key: _filled(value, (*place, key), unset) for key, value in config.items()}
    if isinstance(config, list):
        return [_filled(value, (*place, n), unset) for n, value in enumerate(config)]
    try:
        return resolved(config)
    except ConfigError as fault:
        unset[place] = "; ".join(fault.faults)
        return config


def _told(error: Any, model: type[BaseModel]) -> str:
    if error["type"] == "extra_forbidden":
        return f"is not known here; use one of {', '.join(model.model_fields)}, or take it out"
    if error["type"] == "missing":
        return "is required; add it"
    return f"{error['msg'].removeprefix('Value error, ')}; mend the value"
