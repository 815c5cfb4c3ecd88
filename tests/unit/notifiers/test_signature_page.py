"""docs/signature.md: its three programs accept its test vector, and refuse it with one byte changed."""

import base64
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from notifiers.signing import keys_by_id, verify

PAGE = Path(__file__).parents[3] / "docs" / "signature.md"
Run = Callable[[Path], subprocess.CompletedProcess[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The page's files, as a reader would copy them out."""
    for name, text in re.findall(r"<!-- file: (\S+) -->\n```\w*\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        (tmp_path / name).write_text("".join(text.split()) if name in {"value.b64", "token.txt"} else text, encoding="utf-8")
    (tmp_path / "value.bin").write_bytes(base64.b64decode((tmp_path / "value.b64").read_text()))
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def point(folder: Path) -> tuple[str, str]:
    [key] = json.loads((folder / "jwks.json").read_text())["keys"]
    return key["x"], key["y"]


def by_python(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(folder, sys.executable, "verify.py", "value.bin", "token.txt", "jwks.json")


def by_java(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(folder, "java", "-XX:TieredStopAtLevel=1", "Verify.java", "value.bin", "token.txt", *point(folder))


def by_openssl(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(folder, "bash", "verify.sh", "value.bin", "token.txt", *point(folder))


def assert_refused(done: subprocess.CompletedProcess[str]) -> None:
    """Refused by the check itself, not by something else that went wrong."""
    assert done.returncode == 1
    assert any(word in done.stdout + done.stderr for word in ("BAD", "Verification failure", "InvalidSignature"))


PROGRAMS = [
    pytest.param(by_python, id="python"),
    pytest.param(by_java, id="java", marks=pytest.mark.skipif(shutil.which("javac") is None, reason="no Java compiler on this machine")),
    pytest.param(by_openssl, id="openssl", marks=pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")),
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_program_accepts_the_vector_and_refuses_a_changed_value(folder: Path, program: Run) -> None:
    good = program(folder)
    assert good.returncode == 0, good.stderr
    assert "good be-demo 1 next" in good.stdout or "Verified OK" in good.stdout
    value = bytearray((folder / "value.bin").read_bytes())
    value[-20] ^= 1
    (folder / "value.bin").write_bytes(bytes(value))
    assert_refused(program(folder))


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_program_refuses_a_token_whose_header_was_changed(folder: Path, program: Run) -> None:
    token = (folder / "token.txt").read_text()
    header = base64.urlsafe_b64decode(token.split(".")[0] + "==").replace(b"be-demo", b"de-demo")
    (folder / "token.txt").write_text(f"{base64.urlsafe_b64encode(header).decode().rstrip('=')}..{token.split('.')[2]}")
    assert_refused(program(folder))


def test_the_hub_itself_accepts_the_vector(folder: Path) -> None:
    keys = keys_by_id(json.loads((folder / "jwks.json").read_text())["keys"])
    signed = verify((folder / "token.txt").read_text(), (folder / "value.bin").read_bytes(), keys)
    assert (signed.authority, signed.sequence) == ("be-demo", 1)
