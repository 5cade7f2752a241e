"""The pieces of run.py: what it says when something is missing, what it skips, and that its children go with it."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import run

ROOT = Path(run.__file__).parent
posix = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project folder of its own, with an environment folder that holds only stamps."""
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(run, "STAMPS", tmp_path / ".venv" / "stamps.json")
    monkeypatch.setattr(run, "LOG", tmp_path / ".venv" / "set-up.log")
    monkeypatch.setattr(run, "VENDOR", tmp_path / "static" / "vendor")
    (tmp_path / ".venv").mkdir()
    return tmp_path


def test_it_refuses_an_old_python_in_one_line(monkeypatch):
    monkeypatch.setattr(run.shutil, "which", lambda name: None)
    with pytest.raises(run.Problem, match=r"^Python 3\.9 is too old: install Python 3\.11 or newer"):
        run.check_python((3, 9, 2))


def test_it_goes_on_in_a_newer_python_when_there_is_one(monkeypatch):
    started = []
    monkeypatch.setattr(run.shutil, "which", lambda name: "/usr/bin/python3.12" if name == "python3.12" else None)
    monkeypatch.setattr(run.os, "execv", lambda *call: (started.append(call), sys.exit(0)))
    with pytest.raises(SystemExit):
        run.check_python((3, 9, 2))
    assert started[0][0] == "/usr/bin/python3.12"


def test_it_can_be_read_by_an_old_python():
    """The message about the old Python must appear, not a syntax error."""
    import ast

    ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_it_says_which_port_is_taken():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(run.Problem, match=rf"Port {port} cannot be used .* --port"):
            run.check_port("127.0.0.1", port)
    run.check_port("127.0.0.1", port)  # free again


def test_it_refuses_a_port_that_does_not_exist():
    with pytest.raises(run.Problem, match="Port 99999 does not exist"):
        run.check_port("127.0.0.1", 99999)


def test_it_ends_with_one_line_and_no_traceback():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        command = [sys.executable, str(ROOT / "run.py"), "--port", str(other.getsockname()[1])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("xitun: Port ")


def test_it_installs_again_only_when_the_lock_changed(project, monkeypatch):
    steps = []
    monkeypatch.setattr(run, "step", lambda command, **options: steps.append(command))
    monkeypatch.setattr(run, "pip_command", lambda: ["pip"])
    lock = project / "requirements.txt"
    lock.write_text("one==1")
    run.install("requirements.txt")
    run.install("requirements.txt")
    assert len(steps) == 1
    assert "--require-hashes" in steps[0]
    lock.write_text("one==2")
    run.install("requirements.txt")
    assert len(steps) == 2


def test_it_does_not_stamp_what_failed(project, monkeypatch):
    def broken(command, **options):
        raise run.Problem("no network")

    monkeypatch.setattr(run, "step", broken)
    monkeypatch.setattr(run, "pip_command", lambda: ["pip"])
    (project / "requirements.txt").write_text("one==1")
    with pytest.raises(run.Problem):
        run.install("requirements.txt")
    assert not run.stamped("requirements.txt", run.digest(project / "requirements.txt"))


def test_it_copies_the_few_front_end_files(project, monkeypatch):
    for name in ("package.json", "package-lock.json"):
        (project / name).write_text("{}")

    def npm(command, cwd, **options):
        for source in run.VENDORED:
            target = Path(cwd, "node_modules", source)
            if target.suffix or target.name == "LICENSE":
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(source)
            else:
                target.mkdir(parents=True)
                (target / "list.svg").write_text("<svg/>")

    monkeypatch.setattr(run, "step", npm)
    run.front_end()
    assert (run.VENDOR / "bootstrap" / "bootstrap.min.css").exists()
    assert (run.VENDOR / "icons" / "list.svg").exists()
    assert not (project / "node_modules").exists()
    monkeypatch.setattr(run, "step", None)  # a second fetch would call it
    run.front_end()


@pytest.mark.parametrize(
    "output, said",
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("npm error code ENOTFOUND", "Packages cannot be fetched"),
        ("Failed to establish: NewConnectionError", "Packages cannot be fetched"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not the one that was locked"),
        ("certificate: CERTIFICATE_VERIFY_FAILED", "PIP_CERT"),
        ("something\nbroke at the end\n", "broke at the end"),
    ],
)
def test_it_explains_a_failed_step(project, output, said):
    with pytest.raises(run.Problem) as problem:
        run.step([sys.executable, "-c", f"import sys; print({output!r}); sys.exit(1)"])
    assert said in str(problem.value)
    assert "\n" not in str(problem.value)
    assert output.splitlines()[0] in run.LOG.read_text()


def test_it_notices_a_broken_environment(project, monkeypatch):
    python = project / ".venv" / "python"
    monkeypatch.setattr(run, "PYTHON", python)
    assert not run.venv_works()
    python.write_text("#!/no/such/interpreter\n")
    python.chmod(0o755)
    assert not run.venv_works()


def test_it_leads_pip_astray_by_no_variable(monkeypatch):
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test")
    env = run.clean_environment()
    assert "PIP_TARGET" not in env
    assert "PYTHONPATH" not in env
    assert env["HTTPS_PROXY"] == "http://proxy.test"


def test_it_lets_the_office_network_in_only_when_told():
    assert run.lan_hosts("127.0.0.1") == ["127.0.0.1", "localhost", "[::1]"]
    assert socket.gethostname() in run.lan_hosts("0.0.0.0")
    assert "192.0.2.7" in run.lan_hosts("192.0.2.7")


def test_it_makes_a_missing_database_before_a_command(monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(run, "ensure", lambda: None)
    monkeypatch.setattr(run, "manage", lambda *arguments, **options: calls.append(arguments[0]) or 0)
    monkeypatch.setenv("XITUN_DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    run.run_manage(["import_branches", "branches.csv"])
    run.run_manage(["restore", "archive"])
    (tmp_path / "xitun.sqlite3").touch()
    run.run_manage(["import_branches", "branches.csv"])
    assert calls == ["migrate", "import_branches", "restore", "import_branches"]


PARENT = """
import subprocess, sys, os
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=subprocess.PIPE, start_new_session=True,
                         env={**os.environ, "XITUN_WATCH_STDIN": "1"})
print(child.pid, flush=True)
child.wait()
"""
CHILD = "from xitun.lib import parent; import time; parent.watch(); time.sleep(120)"


def alive(pid):
    """Running, and not merely waiting to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@posix
@pytest.mark.process
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_it_takes_its_children_with_it_when_killed():
    command = [sys.executable, "-c", PARENT, CHILD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        child = int(parent.stdout.readline())
        time.sleep(0.5)
        assert alive(child)
        parent.kill()
    deadline = time.monotonic() + 20
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(child)


@posix
def test_it_starts_a_dead_child_again_but_not_in_a_hurry(monkeypatch, capsys, tmp_path):
    child = run.Child("worker", ["worker"], {})
    child.output = tmp_path / "worker.out"
    child.output.write_text("Traceback …\nOSError: the disk went away\n")
    child.process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    child.process.wait()
    starts = []
    monkeypatch.setattr(child, "start", lambda: starts.append(1))
    child.started = time.monotonic()
    run.revive(child)
    assert starts == []
    child.started -= 6
    run.revive(child)
    assert starts == [1]
    told = capsys.readouterr().out
    assert "worker stopped with code 3" in told
    assert "the disk went away" in told


def test_it_keeps_why_a_child_died_when_it_starts_again(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "PYTHON", sys.executable)
    monkeypatch.setattr(run, "OUTPUT_KEPT", 2_000)
    (tmp_path / "manage.py").write_text("import sys; print(sys.argv[1]); print('x' * 500); sys.exit('it broke')")
    child = run.Child("worker", ["first"], dict(os.environ))
    child.output = tmp_path / "worker.out"
    for name in ("first", "second"):
        child.arguments = [name]
        child.start()
        child.process.communicate(timeout=60)
    text = child.output.read_text()
    assert text.index("first") < text.index("it broke") < text.index("second")
    assert child.last_words().startswith("it broke")
    for _again in range(8):
        child.start()
        child.process.communicate(timeout=60)
    assert child.output.stat().st_size < 2_000 + 700
    (tmp_path / "manage.py").write_text("")
    child.start()
    child.process.communicate(timeout=60)
    assert child.last_words().startswith("no output")  # and not what an earlier one said


@posix
def test_it_kills_a_child_that_does_not_stop():
    child = run.Child("web", [], {})
    child.process = subprocess.Popen(
        [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"],
        stdin=subprocess.PIPE,
    )
    child.ask_to_stop()
    child.wait(0.2)
    assert child.process.returncode == -signal.SIGKILL


def test_it_can_ask_for_its_own_health_under_names_of_the_site(monkeypatch):
    monkeypatch.setenv("XITUN_ALLOWED_HOSTS", "party.example.org")
    assert run.allowed_hosts("0.0.0.0") == "party.example.org,127.0.0.1"
    monkeypatch.delenv("XITUN_ALLOWED_HOSTS")
    assert "localhost" in run.allowed_hosts("127.0.0.1")
