"""Files of what a source has: CSV and JSON lines, in the words that offices use."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgsp.errors import ConfigError
from lgsp.reconciling.files import Line, count, lines

CODE = "H44.11-260131-0001"


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a file."""
    path = tmp_path / "list.csv"
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize(
    "text",
    [
        f"MaHoSo,TrangThaiHoSo,NgayCapNhat\n{CODE},4,20260131140500\n",
        f"\ufeffMã hồ sơ;Trạng thái;Ngày cập nhật\n{CODE};Đang xử lý;31/01/2026 14:05\n",
        f"code\tstatus\tchanged_at\n{CODE}\tprocessing\t2026-01-31T14:05:00+07:00\n\n",
        f'{{"MaHoSo": "{CODE}", "TrangThaiHoSo": 4, "NgayCapNhat": "20260131140500"}}\n\n',
    ],
)
def test_every_form_says_the_same(tmp_path: Path, text: str) -> None:
    """Comma, semicolon, tab or JSON; Vietnamese or native names; number, word or name of the status."""
    assert list(lines(written(tmp_path, text))) == [Line(CODE, "processing", "2026-01-31T14:05:00+07:00")]


def test_a_list_of_codes_alone_is_a_list(tmp_path: Path) -> None:
    """What it does not tell is not compared."""
    assert list(lines(written(tmp_path, f"MaHoSo\n{CODE}\n"))) == [Line(CODE, "", None)]


def test_other_columns_are_left_alone(tmp_path: Path) -> None:
    """A dump of a one-stop system has many: they need not be taken out."""
    path = written(tmp_path, f'Tên,MaHoSo,Ghi chú\n"A, B",{CODE},"x"\nC,{CODE}2\n')
    assert [line.code for line in lines(path)] == [CODE, f"{CODE}2"]
    assert count(path) == 2


def test_a_code_that_cannot_be_read_is_no_fault_of_the_file(tmp_path: Path) -> None:
    """Such a dossier exists at the source and can never be sent: that is what is to be found."""
    assert [line.code for line in lines(written(tmp_path, "MaHoSo\nHS-1/2026\n"))] == ["HS-1/2026"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Tên,Ngày\nA,B\n", "list.csv:1: no column"),
        ("", "list.csv:1: no column"),
        (f"MaHoSo,status\n{CODE},4\n{CODE},44\n", "list.csv:3: '44' is no status"),
        ("MaHoSo,status\n,4\n", "list.csv:2: names no dossier"),
        (f"MaHoSo,changed_at\n{CODE},yesterday\n", "list.csv:2: 'yesterday' is no time"),
        (f'{{"code": "{CODE}"}}\n{{"code"\n', "list.csv:2: is no JSON"),
    ],
)
def test_a_fault_names_its_line_and_the_mend(tmp_path: Path, text: str, said: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ConfigError) as told:
        list(lines(written(tmp_path, text)))
    assert told.value.faults[0].startswith(said)


def test_faults_are_told_together_and_not_without_end(tmp_path: Path) -> None:
    """Twenty at most."""
    with pytest.raises(ConfigError) as told:
        count(written(tmp_path, "MaHoSo,status\n" + f"{CODE},x\n" * 50))
    assert len(told.value.faults) == 20
