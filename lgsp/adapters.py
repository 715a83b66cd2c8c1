"""Finding adapters: each folder under `adapters/` of the home imports as `lgsp.adapters.<name>`."""

from __future__ import annotations

import importlib
import re

from lgsp.adapter import Adapter
from lgsp.errors import ConfigError
from lgsp.home import folders

__path__ = [str(folder) for folder in folders("adapters")]

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def adapter_class(name: str) -> type[Adapter]:
    """Return the adapter of a folder: the one subclass of `Adapter` that its package shows.

    Raises:
        ConfigError: no such folder, or it shows none or several.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError([f"adapter {name!r}: not a folder name; use lower case, digits and _"])
    try:
        module = importlib.import_module(f"lgsp.adapters.{name}")
    except ModuleNotFoundError as fault:
        if fault.name != f"lgsp.adapters.{name}":
            raise
        raise ConfigError([f"adapter {name!r}: no such folder under {', '.join(__path__)}"]) from None
    shown: list[type[Adapter]] = [v for v in vars(module).values() if _is_adapter(v, module.__name__)]
    if len(shown) != 1:
        raise ConfigError([f"adapter {name!r}: its __init__.py shows {len(shown)} Adapter classes; show one"])
    return shown[0]


def _is_adapter(value: object, package: str) -> bool:
    return isinstance(value, type) and issubclass(value, Adapter) and value.__module__.startswith(package)
