"""How commands find the gateway that runs on a state folder."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lgsp.client import Client, Running, client_of, find_running, forget_running, note_running
from lgsp.errors import ConfigError, GatewayError
from lgsp.settings import read_settings


def test_running_gateway_is_found_by_its_note(tmp_path: Path) -> None:
    """What is noted is found, only its owner reads it, and what is taken back is gone."""
    note_running(tmp_path, "http://127.0.0.1:1")
    assert find_running(tmp_path) == Running("http://127.0.0.1:1", os.getpid())
    assert stat.S_IMODE((tmp_path / "run.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]
    forget_running(tmp_path)
    forget_running(tmp_path)
    assert find_running(tmp_path) is None


def test_note_of_a_dead_process_counts_for_nothing(tmp_path: Path) -> None:
    """A process that was killed left its note behind; commands do not wait for it."""
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    (tmp_path / "run.json").write_text(f'{{"url": "http://127.0.0.1:1", "pid": {gone.pid}}}')
    assert find_running(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": 1}'])
def test_broken_note_counts_for_nothing(tmp_path: Path, text: str) -> None:
    """A note that cannot be read is as good as none."""
    (tmp_path / "run.json").write_text(text)
    assert find_running(tmp_path) is None


def test_gateway_without_a_token_to_be_found_is_told(tmp_path: Path) -> None:
    """Where the operator's token is not in its file, the variable to set is named."""
    note_running(tmp_path, "http://127.0.0.1:1")
    with pytest.raises(ConfigError, match="LGSP_OPERATOR_TOKEN"):
        client_of(read_settings({"LGSP_STATE": str(tmp_path)}))


async def test_gateway_that_does_not_answer_is_an_error_of_ours() -> None:
    """Nobody listens: one error, without the token."""
    async with Client("http://127.0.0.1:9", "secret-token") as gateway:
        with pytest.raises(GatewayError, match="unreachable") as told:
            await gateway.post("/v1/deliveries/1/replay")
    assert "secret-token" not in str(told.value)
