"""The parts of a scaled installation that tests may use: found where they run, started where they can be."""

import contextlib
import os
import pwd
import secrets
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from showpiece.commands.processes import die_with_parent

POSTGRES = "SHOWPIECE_TEST_POSTGRES"
RABBITMQ = "SHOWPIECE_TEST_RABBITMQ"
RABBITMQCTL = "SHOWPIECE_TEST_RABBITMQCTL"
CHROMIUM = "SHOWPIECE_TEST_CHROMIUM"
START_SECONDS = 90


class Missing(Exception):  # noqa: N818  # a fact about the machine, not an error
    """This machine does not have the part; the text says why."""


def chromium() -> str:
    """The path of a Chromium.

    Rather the one that never has a window: the others open one for each visitor, hidden, which costs five times as much
    as what is shown in it.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    path = os.environ.get(CHROMIUM) or next((found for name in names if (found := shutil.which(name))), "")
    if not path:
        raise Missing("there is no Chromium (apt install chromium-headless-shell)")
    return path


def postgres_server() -> str:
    """The address of a running PostgreSQL where databases can be made."""
    import psycopg

    given = os.environ.get(POSTGRES)
    told = "no PostgreSQL answers on 127.0.0.1:5432"
    for address in [given] if given else ["postgres://postgres@127.0.0.1:5432/postgres", _postgres_socket()]:
        try:
            with psycopg.connect(address, connect_timeout=3) as connection:
                row = connection.execute("SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user").fetchone()
            if row and row[0]:
                return address
            told = "the role that PostgreSQL gives us may not make databases"
        except psycopg.OperationalError as error:
            told = f"no PostgreSQL lets us in: {str(error).strip().splitlines()[-1]}"
    raise Missing(told)


def _postgres_socket() -> str:
    return f"postgres://{pwd.getpwuid(os.geteuid()).pw_name}@%2Fvar%2Frun%2Fpostgresql/postgres"


@contextlib.contextmanager
def own_postgres() -> Iterator[str]:
    """A PostgreSQL for these tests only, from the programs on this machine; it need not survive a power cut."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    folder = programs[-1] if programs else Path(shutil.which("initdb") or "/nowhere").parent
    if not (folder / "initdb").exists():
        raise Missing("PostgreSQL is not installed (apt install postgresql)")
    user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
    data = Path(tempfile.mkdtemp(prefix="showpiece-postgres-"))
    try:
        if user:
            shutil.chown(data, user)
        port = _free_port()
        make: list[Path | str] = [
            folder / "initdb",
            "-D",
            data / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
        ]
        made = subprocess.run(make, user=user, cwd=data, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise Missing(f"initdb failed: {made.stderr.strip().splitlines()[-1]}")
        options = ["-h", "127.0.0.1", "-p", str(port), "-k", str(data), "-F", "-c", "full_page_writes=off"]
        command: list[Path | str] = [folder / "postgres", "-D", data / "data", *options]
        with _running(command, data, user=user) as server:
            address = f"postgres://postgres@127.0.0.1:{port}/postgres"
            _wait_for_port(server, port, "PostgreSQL")
            yield address
    finally:
        shutil.rmtree(data, ignore_errors=True)


def rabbitmq_server() -> tuple[str, list[str]]:
    """The address of a running RabbitMQ without a virtual host, and the command that administers it."""
    address = os.environ.get(RABBITMQ) or "amqp://guest:guest@127.0.0.1:5672"
    control = shlex.split(os.environ.get(RABBITMQCTL, "rabbitmqctl"))
    host, _, port = address.rpartition("@")[2].partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=3).close()
    except OSError as error:
        raise Missing(f"no RabbitMQ answers on {host}:{port}") from error
    if shutil.which(control[0]) is None:
        raise Missing("there is no rabbitmqctl to make a virtual host with")
    return address, control


@contextlib.contextmanager
def rabbitmq_host() -> Iterator[str]:
    """The address of a new virtual host, so that runs side by side do not take each other's jobs."""
    address, control = rabbitmq_server()
    name = f"showpiece-{secrets.token_hex(6)}"
    for arguments in (["add_vhost", name], ["set_permissions", "-p", name, "guest", ".*", ".*", ".*"]):
        done = subprocess.run([*control, *arguments], capture_output=True, text=True, check=False, timeout=60)
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise Missing(f"RabbitMQ does not let us make a virtual host: {said[0] if said else done.returncode}")
    try:
        yield f"{address}/{name}"
    finally:
        subprocess.run([*control, "delete_vhost", name], capture_output=True, check=False, timeout=60)


@contextlib.contextmanager
def own_rabbitmq() -> Iterator[tuple[str, str]]:
    """A RabbitMQ for these tests only: its address, and the command that administers it."""
    server = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    if not server.exists():
        raise Missing("RabbitMQ is not installed (apt install rabbitmq-server)")
    data = Path(tempfile.mkdtemp(prefix="showpiece-rabbitmq-"))
    try:
        port, node, cookie = _free_port(), f"showpiece-{secrets.token_hex(4)}@localhost", secrets.token_hex(12)
        (data / ".erlang.cookie").write_text(cookie)
        (data / ".erlang.cookie").chmod(0o400)
        (data / "plugins").write_text("[].\n")
        (data / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{port}\n")
        env = os.environ | {
            "HOME": str(data),
            "RABBITMQ_NODENAME": node,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_FLAGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONFIG_FILE": str(data / "rabbitmq.conf"),
            "RABBITMQ_DIST_PORT": str(_free_port()),
            "RABBITMQ_MNESIA_BASE": str(data / "mnesia"),
            "RABBITMQ_LOG_BASE": str(data / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(data / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
        }
        with _running([server], data, env=env) as process:
            _wait_for_port(process, port, "RabbitMQ")
            control = ["rabbitmqctl", "--node", node, "--erlang-cookie", cookie]
            yield f"amqp://guest:guest@127.0.0.1:{port}", shlex.join(control)
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _running(
    command: list[Path | str], folder: Path, *, user: str | None = None, env: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            user=user,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent,
            process_group=0,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def _wait_for_port(process: subprocess.Popen[bytes], port: int, name: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Missing(f"{name} does not start here")
