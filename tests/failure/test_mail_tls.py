"""Pipelining over TLS, from the first byte or after STARTTLS, with login; and no mail to a server that is not who it says."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifiers.ports import SandboxPorts, SandboxServer, Server, Tls
from plumbing.settings import Secret
from tests.contract.stored import notice
from tests.failure.mail_faults import FaultyServer
from tests.failure.mail_hub import MailHub, config

# aiosmtpd does not know that TLS from the first byte is TLS too.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")

UNWELCOME: list[tuple[Tls, bool, str]] = [("tls", False, "right"), ("starttls", False, "right"), ("starttls", True, "wrong")]


class Certificate:
    """A certificate for 127.0.0.1 that vouches for itself."""

    def __init__(self, folder: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        now = datetime.datetime.now(datetime.UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        made = made.serial_number(1).not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.file = folder / "server.pem"
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.file.write_bytes(pem + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(self.file)


class TlsServer(FaultyServer):
    """Takes mail only from who logged in over TLS."""

    def __init__(self, certificate: Certificate, mode: Tls) -> None:
        super().__init__()
        self.context, self.mode = certificate.context, mode

    def _smtp(self) -> Any:
        self.connections += 1
        starttls: dict[str, Any] = {"tls_context": self.context, "require_starttls": True} if self.mode == "starttls" else {}
        known: dict[str, Any] = {"authenticator": self._login, "auth_required": True, "auth_require_tls": self.mode == "starttls"}
        return SMTP(self, hostname="tls.example", **starttls, **known)

    def _login(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=isinstance(data, LoginPassword) and data == LoginPassword(b"hub", b"right"))

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[TlsServer]:
        """On a port of its own."""
        context = self.context if self.mode == "tls" else None
        server = await asyncio.get_running_loop().create_server(self._smtp, "127.0.0.1", 0, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        yield self
        server.close()
        await server.wait_closed()


def ports(server: TlsServer, ca: Path | None, password: str = "right") -> SandboxPorts:
    given: dict[str, Any] = {"name": "tls", "host": "127.0.0.1", "port": server.port, "sender": "a@tocsin.example", "user": "hub"}
    return SandboxPorts(SandboxServer(Server(**given, tls=server.mode, password=Secret(password), ca_file=str(ca) if ca else None)))


@pytest.mark.parametrize("mode", ["tls", "starttls"])
async def test_mails_are_pipelined_over_tls_after_login(tmp_path: Path, mode: Tls) -> None:
    certificate = Certificate(tmp_path)
    async with TlsServer(certificate, mode).listening() as server, MailHub.open(tmp_path) as hub:
        await hub.people([f"ok-{n}" for n in range(50)])
        await hub.hub.take(notice(1))
        async with hub.running(config(ports(server, certificate.file))):
            await hub.until(accepted=50)
        assert sorted(server.taken.values()) == [1] * 50


@pytest.mark.parametrize(
    ("mode", "trusted", "password"), [("tls", False, "right"), ("starttls", False, "right"), ("starttls", True, "wrong")]
)
async def test_nothing_is_sent_to_a_stranger_or_without_a_login(tmp_path: Path, mode: Tls, password: str, *, trusted: bool) -> None:
    """The deliveries wait; none is counted as tried."""
    certificate = Certificate(tmp_path)
    async with TlsServer(certificate, mode).listening() as server, MailHub.open(tmp_path) as hub:
        await hub.people(["a", "b"])
        await hub.hub.take(notice(1))
        async with hub.running(config(ports(server, certificate.file if trusted else None, password))):
            await hub.until(claimed=2)
            while not server.connections:
                await hub.until_some()
        await hub.until(intended=2)
        assert not server.taken
        assert {r.attempt for r in await hub.hub.rows()} == {0}
