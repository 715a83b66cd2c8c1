"""The post: mail as servers want it, and what happens when they do not."""

from __future__ import annotations

import base64

import pytest

from lgsp.alerts.letter import of_trial
from lgsp.alerts.post import Mailbox, Webhook, open_post, signature
from lgsp.errors import ConfigError, GatewayError
from lgsp.limits import Alerts
from lgsp.wire.mail import PostOffice
from tests.alerts.receivers import hook, mails
from tests.cli.processes import free_port

LETTER = of_trial("LGSP H44", 1_767_578_400_000_000)


def _office(port: int, **more: str) -> PostOffice:
    return PostOffice("127.0.0.1", port, "none", "lgsp@tinh.example", **more)


async def test_mail_is_plain_text_in_vietnamese() -> None:
    """Letters and marks arrive as they were written, in text and subject; the server logs us in."""
    async with mails() as here:
        office = _office(here.port, user="lgsp", password="a-password")
        await Mailbox("truc@tinh.example", office).carry(LETTER)
        ((to, letter),) = here.taken
        assert to == ["truc@tinh.example"]
        assert letter["Subject"] == "[LGSP H44] Thử cảnh báo (test)"
        assert letter["From"] == "lgsp@tinh.example"
        assert letter.get_content_type() == "text/plain"
        assert here.text().startswith("Thư thử: cảnh báo của trục đến được nơi này.")
        assert b"a-password" in base64.b64decode(here.logins[0].split()[-1])
    assert "a-password" not in repr(office)


async def test_a_long_subject_arrives_whole() -> None:
    """Folding a long line of letters with marks loses nothing."""
    subject = (
        "[LGSP H44] MỚI: Hệ thống national-portal tạm ngừng (tự động) vì không kết nối được đến hệ thống " * 3
    )
    async with mails() as here:
        await _office(here.port).send(["a@tinh.example"], subject, "Thư\n.\n..\nhết\n")
        assert here.subjects() == [subject.strip()]
        assert here.text().splitlines() == ["Thư", ".", "..", "hết"]


async def test_a_subject_of_many_lines_is_one() -> None:
    """Nothing in a subject can begin a header of its own."""
    async with mails() as here:
        await _office(here.port).send(["a@tinh.example"], "one\r\nBcc: b@tinh.example", "text")
        assert here.subjects() == ["one Bcc: b@tinh.example"]
        assert here.taken[0][1]["Bcc"] is None


async def test_a_server_that_says_no_or_is_away_is_a_fault() -> None:
    """Both are told as faults of ours, not as faults of a library."""
    async with mails() as here:
        here.refuse = "554 never"
        with pytest.raises(GatewayError, match="mail-not-taken"):
            await _office(here.port).send(["a@tinh.example"], "s", "t")
    with pytest.raises(GatewayError, match="unreachable"):
        await _office(free_port()).send(["a@tinh.example"], "s", "t")


async def test_a_server_without_encryption_gets_no_password() -> None:
    """`starttls` with a server that does not offer it fails before anything secret is said."""
    async with mails() as here:
        office = PostOffice("127.0.0.1", here.port, "starttls", "lgsp@tinh.example", "lgsp", "secret")
        with pytest.raises(GatewayError, match="mail-not-taken"):
            await office.send(["a@tinh.example"], "s", "t")
        assert here.logins == []


async def test_a_webhook_that_answers_no_is_a_fault() -> None:
    """A redirect is not followed, and is a fault like a refusal."""
    async with hook() as here:
        here.answers = [302]
        one = Webhook(here.url, "s")
        with pytest.raises(GatewayError, match="http-302"):
            await one.carry(LETTER)
        await one.carry(LETTER)
        await one.close()
    assert one.name.endswith("/alerts")


async def test_a_webhook_that_is_away_for_a_moment_is_tried_again() -> None:
    """A 503 is repeated for some seconds within one round."""
    async with hook() as here:
        here.answers = [503]
        one = Webhook(here.url, "s")
        await one.carry(LETTER)
        await one.close()
        assert len(here.calls) == 2


def test_a_secret_may_be_written_as_webhook_libraries_write_it() -> None:
    """`whsec_` and base64 is the same key as its bytes; the value is that of the standard's example."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    hook_ = Webhook("https://x", secret)
    signed = signature(hook_._key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_each_target_answers_for_itself() -> None:
    """A trial says of every target whether it took the letter."""
    async with mails() as mailbox, hook() as webhook:
        webhook.answers = [500]
        post = open_post(
            Alerts.model_validate(
                {
                    "to": [{"mail": "a@tinh.example"}, {"webhook": webhook.url, "secret": "s"}],
                    "smtp": {"host": "127.0.0.1", "port": mailbox.port, "tls": "none", "from": "l@t.example"},
                }
            )
        )
        assert await post.each(LETTER) == {
            "a@tinh.example": "",
            webhook.url.removesuffix("?who=me"): "http-500",
        }
        await post.close()


def test_a_secret_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets stand in the environment or in files; one that is missing is a fault with its name."""
    home = {"to": [{"webhook": "https://x", "secret": "${env:HOOK_SECRET}"}]}
    monkeypatch.delenv("HOOK_SECRET", raising=False)
    with pytest.raises(ConfigError, match="HOOK_SECRET"):
        open_post(Alerts.model_validate(home))
    monkeypatch.setenv("HOOK_SECRET", "s")
    assert open_post(Alerts.model_validate(home)).targets == ["https://x"]
