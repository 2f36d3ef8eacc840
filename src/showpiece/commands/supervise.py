"""The process that `./run` ends as: supervisor, with web and worker under it.

A program of its own, so that nothing of the preparation stays in memory. It inherits the lock of the data folder.
"""

import contextlib
import hashlib
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from supervisor import events
from supervisor.medusa import asyncore_25 as asyncore
from supervisor.options import ServerOptions
from supervisor.states import SupervisorStates
from supervisor.supervisord import Supervisor

from showpiece.commands import instance
from showpiece.commands.announce import announce
from showpiece.commands.console import say
from showpiece.config.paths import home as home_folder

# Linux keeps 108 bytes for the path of a socket; supervisor makes it under a longer name first.
LONGEST_SOCKET = 108 - len(".4194304") - 1
SOCKET = "supervisor.sock"
FAILED_STARTS = 3

# Paths are relative to the data folder, and the Python is found by PATH: supervisor would misread a folder that has a
# blank, a quote or a per cent sign in its name.
CONFIG = """\
[unix_http_server]
file = {file}
chmod = 0700

[supervisord]
logfile = logs/supervisor.log
logfile_maxbytes = 1MB
logfile_backups = 1
pidfile = run/supervisor.pid
nodaemon = true
silent = true
nocleanup = true
{user}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl = {url}

; One group: its programs are stopped at the same time.
[group:showpiece]
programs = web,worker
"""
PROGRAM = """
[program:{name}]
command = python -P -m showpiece {name}
startsecs = 2
startretries = 1000000
stopwaitsecs = {stop}
killasgroup = true
redirect_stderr = true
stdout_logfile = logs/{name}.log
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 3
"""
STOP_SECONDS = {"web": 6, "worker": 12}


def write_config(home: Path) -> Path:
    """Made anew at each start."""
    folder = instance.run_folder(home)
    file, url = f"run/{SOCKET}", f"unix://%(here)s/{SOCKET}"
    if len(os.fsencode(folder / SOCKET)) > LONGEST_SOCKET:
        file = str(short_folder(home) / SOCKET).replace("%", "%%")
        url = f"unix://{file}"
    user = "user = root\n" if os.geteuid() == 0 else ""
    path = folder / "supervisord.conf"
    programs = (PROGRAM.format(name=name, stop=STOP_SECONDS[name]) for name in instance.PROGRAMS)
    path.write_text(CONFIG.format(file=file, url=url, user=user) + "".join(programs))
    return path


def short_folder(home: Path) -> Path:
    """A private folder with a short name, for a data folder whose own is too long for a socket."""
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"showpiece-{os.geteuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid != os.geteuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    folder.chmod(0o700)
    return folder


class Options(ServerOptions):  # type: ignore[misc]  # supervisor has no types
    """supervisor's options, with signals as a program in a terminal has them."""

    def setsignals(self) -> None:
        """A closed terminal ends everything, unless `nohup` said otherwise; supervisor would restart all."""
        ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        super().setsignals()
        signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else self._hang_up)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)

    def _hang_up(self, number: int, frame: Any) -> None:
        self.signal_receiver.receive(signal.SIGTERM, frame)

    def _stop(self, number: int, frame: Any) -> None:
        say("Stopping …")
        self.signal_receiver.receive(number, frame)


class Watch:
    """Ends a start that does not succeed; after it did, a program that dies is started again for ever."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.failed = ""
        self.options: Any = None

    def backoff(self, event: Any) -> None:
        """A program ended right after its start."""
        if self.failed or (self.home / "run" / "ready").exists() or event.process.backoff < FAILED_STARTS:
            return
        self.failed = event.process.config.name
        self.options.mood = SupervisorStates.SHUTDOWN

    def explain(self) -> None:
        """Say which program did not start, with the end of its log."""
        log = self.home / "logs" / f"{self.failed}.log"
        lines = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else []
        print(f"\nshowpiece: {self.failed} does not start. The last lines of {log}:", file=sys.stderr)
        print("\n".join(f"    {line}" for line in lines), file=sys.stderr)


def main(arguments: list[str]) -> int:
    """Supervise until TERM or Ctrl-C."""
    home = home_folder()
    config = write_config(home)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    os.environ[instance.SUPERVISOR_VARIABLE] = str(os.getpid())
    os.chdir(home)
    announce(home, with_accounts="--accounts" in arguments)
    watch = Watch(home)
    first = True
    try:
        while True:
            options = watch.options = Options()
            options.realize(["--configuration", str(config)], doc=__doc__)
            options.first, options.test = first, False
            supervisor = Supervisor(options)
            # supervisor forgets its listeners when it starts to run: be the first thing that it tells of.
            options.openhttpservers = _then_listen(options.openhttpservers, watch)
            with contextlib.suppress(asyncore.ExitNow):
                supervisor.main()
            options.close_httpservers()
            options.close_logger()
            first = False
            if options.mood < SupervisorStates.RESTARTING:
                break
    finally:
        instance.remove_files(home)
        with contextlib.suppress(OSError):
            short = short_folder(home)
            (short / SOCKET).unlink(missing_ok=True)
            short.rmdir()
    if watch.failed:
        watch.explain()
        return 1
    say("Stopped.")
    return 0


def _then_listen(original: Any, watch: Watch) -> Any:
    def opened(supervisor: Any) -> None:
        original(supervisor)
        events.subscribe(events.ProcessStateBackoffEvent, watch.backoff)

    return opened


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
