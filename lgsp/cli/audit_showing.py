"""What `lgsp audit` shows people: a verdict in words, and the same as one document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from lgsp.journal.seal_bodies import Bodies, Named
    from lgsp.journal.seal_walk import Verdict

_SHOWN = 20


def as_dict(verdict: Verdict, bodies: Bodies | None) -> dict[str, Any]:
    """Return a verdict as JSON is made of."""
    return verdict.as_dict() | ({"bodies": dict(bodies.counts)} if bodies is not None else {})


def verdict(verdict: Verdict, bodies: Bodies | None) -> None:
    """Say what came of verifying."""
    from lgsp.journal.seal_findings import moment
    from lgsp.words import number

    typer.echo(f"Sổ niêm phong (log) {verdict.origin or '-'}")
    typer.echo(f"  {number(verdict.size)} lá (leaves), {number(verdict.entries)} bút toán nguyên vẹn (whole)")
    _let_go(verdict)
    at = moment(verdict.sealed_at) or "-"
    typer.echo(f"  {number(verdict.checkpoints)} điểm niêm phong, mới nhất (checkpoints, newest) {at}")
    if verdict.against:
        typer.echo(f"  đối chiếu {verdict.against} điểm lưu nơi khác (held against those kept elsewhere)")
    typer.echo(f"  {number(verdict.unsealed)} bút toán chưa niêm phong (not sealed yet)")
    for word in verdict.keys:
        typer.echo(f"  khóa (key) {word}")
    if not verdict.trusted:
        typer.echo("  khóa lấy từ chính nhật ký; đưa --key để đối chiếu (the journal's own word: give --key)")
    if bodies is not None:
        counts = ", ".join(f"{how}: {number(count)}" for how, count in sorted(bodies.counts.items()))
        typer.echo(f"  nội dung (bodies) {counts or '-'}")
    _findings(verdict)


def _let_go(verdict: Verdict) -> None:
    """Say what retention is said to have dropped, one line for each time: a person knows whether it did."""
    from lgsp.journal.seal_findings import moment
    from lgsp.words import number

    if not verdict.gone:
        return
    typer.echo(
        f"  {number(verdict.gone)} bút toán đã hủy theo thời hạn lưu, mã băm còn trong sổ; hãy đối chiếu"
        " từng dòng với lần hủy đã biết (let go by retention: compare each with what you know of)"
    )
    for one in verdict.let_go:
        typer.echo(f"    dưới số (below) {one.upto}: bút toán (entry) {one.entry}, {moment(one.at)}")


def _findings(verdict: Verdict) -> None:
    from lgsp.journal.seal_findings import moment
    from lgsp.words import number

    if verdict.sound:
        typer.echo("✓ Nguyên vẹn: không phát hiện sửa, xóa, chèn, đổi chỗ (nothing was rewritten)")
        return
    for one in verdict.findings[:_SHOWN]:
        when = f" · {moment(one.at)}" if one.at is not None else ""
        typer.echo(f"✗ {one.said('vi')}{when}\n  ({one.said('en')})")
    more = verdict.count - _SHOWN
    rest = f", còn {number(more)} phát hiện nữa (and more)" if more > 0 else ""
    typer.echo(f"{number(verdict.count)} phát hiện (findings){rest}")


def revisions(found: Sequence[Named]) -> None:
    """Say how the bodies of a message's revisions stand."""
    from lgsp.journal.seal_findings import moment

    if not found:
        typer.echo("Không có thông điệp này (there is no such message)", err=True)
    words = {
        "same": "✓ đúng nội dung đã ghi (the same)",
        "altered": "✗ không phải nội dung đã ghi (altered)",
        "erased": "· không còn lưu (kept no more)",
        "key unknown": "? không có khóa để đọc (no key here)",
    }
    for one in found:
        typer.echo(f"bản {one.revision} · {moment(one.at)} · bút toán {one.entry or '-'} · {words[one.how]}")
