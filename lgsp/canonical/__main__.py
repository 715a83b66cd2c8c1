"""Writing `schemas/*.json` of the checkout: `python -m lgsp.canonical`."""

from __future__ import annotations

import sys

from lgsp.canonical.schema import schemas
from lgsp.home import packed


def main() -> None:
    """Write the schema files and name them."""
    folder = packed() / "schemas"
    folder.mkdir(exist_ok=True)
    for name, content in schemas().items():
        (folder / name).write_bytes(content)
        sys.stdout.write(f"schemas/{name}\n")


if __name__ == "__main__":
    main()
