"""A class of made-up learners on the hub: each logs in and runs lesson 01; seconds and memory are measured.

    python hub/measure.py --users 3 --at-once 2

It starts the hub of `jupyterhub_config.py` on this machine alone, in a folder of its own, and ends it. All
learners log in and have a server; `--at-once` of them run the lesson at a time, and `--keep` kernels of those
who have run it stay: the oldest beyond that is shut down. For Linux.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import uuid
from pathlib import Path

import nbformat
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.httputil import HTTPHeaders
from tornado.websocket import websocket_connect

from zoo_helpers.commands.lessons import lesson
from zoo_helpers.commands.running import machine

LESSON = lesson(1)
CODE = [cell.source for cell in nbformat.read(LESSON, as_version=4).cells if cell.cell_type == "code"]
PATIENCE = 600


class Learner:
    """One learner at the hub, as a browser would be: a login form, a cookie, a server, a kernel."""

    def __init__(self, hub, name):
        self.hub, self.name, self.token, self.seconds, self.memory = hub, name, None, {}, {}

    async def log_in(self):
        """Fill in the login form, and get a token for what follows."""
        started = time.perf_counter()
        page = await fetch(f"{self.hub}/hub/login")
        cookies = cookies_of(page)
        form = {"username": self.name, "password": "anything", "_xsrf": cookies["_xsrf"]}
        answer = await fetch(
            f"{self.hub}/hub/login", "POST", urllib.parse.urlencode(form), cookies, follow=False
        )
        cookies |= cookies_of(answer)
        cookies |= cookies_of(
            await fetch(f"{self.hub}/hub/token", cookies=cookies)
        )  # who is known has another _xsrf
        where = f"{self.hub}/hub/api/users/{self.name}/tokens?_xsrf={cookies['_xsrf']}"
        self.token = json.loads((await fetch(where, "POST", "{}", cookies)).body)["token"]
        self.seconds["log in"] = time.perf_counter() - started

    async def start_server(self):
        """Ask the hub for the learner's server, and wait until it is there."""
        started = time.perf_counter()
        while True:
            try:
                await self.ask(f"hub/api/users/{self.name}/server", "POST", "{}")
                break
            except HTTPClientError as error:
                if error.code != 429:  # "too many servers are starting, come back soon"
                    raise
                await asyncio.sleep(1)
        while not (await self.ask(f"hub/api/users/{self.name}"))["servers"].get("", {}).get("ready"):
            await asyncio.sleep(0.5)
        self.seconds["server"] = time.perf_counter() - started

    async def run_lesson(self):
        """Run all cells of the lesson over the kernel's websocket; then read the memory of both processes."""
        started = time.perf_counter()
        asked = {"path": LESSON.name, "name": LESSON.name, "type": "notebook", "kernel": {"name": "python3"}}
        session = await self.ask(f"user/{self.name}/api/sessions", "POST", json.dumps(asked))
        self.kernel = session["kernel"]["id"]
        where = f"{self.hub}/user/{self.name}/api/kernels/{self.kernel}/channels".replace("http", "ws", 1)
        request = HTTPRequest(where, headers={"Authorization": f"token {self.token}"})
        socket = await websocket_connect(request, max_message_size=200 * 2**20)
        for source in CODE:
            await execute(socket, source)
        socket.close()
        self.seconds["lesson"] = time.perf_counter() - started
        for part, pid in processes_of(self.name).items():
            self.memory[part] = memory_of(pid)

    async def shut_kernel(self):
        """Give the kernel's memory back; the server stays."""
        await self.ask(f"user/{self.name}/api/kernels/{self.kernel}", "DELETE")

    async def ask(self, path, method="GET", body=None):
        """What the hub or the learner's server answers to the learner's token."""
        answer = await fetch(f"{self.hub}/{path}", method, body, token=self.token)
        return json.loads(answer.body or b"null")


async def fetch(url, method="GET", body=None, cookies=None, token=None, follow=True):
    """One request; a redirect after the login form is an answer too."""
    form = body is not None and not body.startswith("{")
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    pairs = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
    headers = HTTPHeaders({"Cookie": pairs, "Content-Type": kind})
    if token:
        headers["Authorization"] = f"token {token}"
    request = HTTPRequest(
        url, method, headers, body, follow_redirects=follow, request_timeout=PATIENCE, connect_timeout=60
    )
    try:
        return await AsyncHTTPClient().fetch(request)
    except HTTPClientError as error:
        if error.code == 302:
            return error.response
        raise


def cookies_of(answer):
    """The cookies that an answer sets."""
    pairs = (line.split(";")[0].split("=", 1) for line in answer.headers.get_list("Set-Cookie"))
    return dict(pairs)


async def execute(socket, source):
    """Run one cell and wait until the kernel is done with it; a cell that fails ends the measurement."""
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "username": "", "session": "zoo"}
    content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False}
    message = {
        "header": {**header, "version": "5.3"},
        "parent_header": {},
        "metadata": {},
        "content": content,
    }
    await socket.write_message(json.dumps({**message, "channel": "shell", "buffers": []}))
    while True:
        said = await socket.read_message()
        if said is None:
            raise RuntimeError("the kernel is gone")
        if isinstance(said, bytes):  # a widget's picture
            continue
        said = json.loads(said)
        if said["parent_header"].get("msg_id") != header["msg_id"]:
            continue
        if said["msg_type"] == "error":
            raise RuntimeError(f"{said['content']['ename']}: {said['content']['evalue']}")
        if said["msg_type"] == "execute_reply":
            return


def processes_of(name):
    """The learner's server and its kernel, by their process numbers."""
    children = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = int(stat.parent.name), stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        children.setdefault(int(rest[1]), []).append(pid)
        try:
            environment = stat.with_name("environ").read_bytes()
            command = stat.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if f"\0JUPYTERHUB_USER={name}\0".encode() in b"\0" + environment and b"singleuser" in command:
            server = pid
    kernel = next(
        pid for pid in children[server] if b"ipykernel" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    return {"server": server, "kernel": kernel}


def memory_of(pid):
    """Megabytes: resident, its share of what is shared (PSS), its own alone (USS), the most ever resident."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = {key: int(kilobytes) / 1e3 for key, kilobytes in re.findall(r"^(\w+): +(\d+) kB", rollup, re.M)}
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())[1]
    own = found["Private_Clean"] + found["Private_Dirty"]
    return {"RSS": found["Rss"], "PSS": found["Pss"], "USS": own, "peak": int(peak) / 1e3}


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


async def wait_for(hub, process):
    """Wait until the hub answers."""
    while process.poll() is None:
        try:
            return await fetch(f"{hub}/hub/api/")
        except (OSError, HTTPClientError):  # the proxy may be there before the hub
            await asyncio.sleep(0.5)
    raise RuntimeError("the hub did not start")


async def measure(hub, users, at_once, keep):
    """All learners log in and get a server; then they run the lesson, `at_once` at a time."""
    learners = [Learner(hub, f"learner{number:02}") for number in range(1, users + 1)]
    await asyncio.gather(*(learner.log_in() for learner in learners))
    await asyncio.gather(*(learner.start_server() for learner in learners))
    print(f"{users} servers are up", flush=True)
    turn, alive = asyncio.Semaphore(at_once), []

    async def take_a_turn(learner):
        async with turn:
            await learner.run_lesson()
            alive.append(learner)
            print(f"{learner.name}: {learner.seconds['lesson']:.0f} s", flush=True)
            while len(alive) > keep:
                await alive.pop(0).shut_kernel()

    await asyncio.gather(*(take_a_turn(learner) for learner in learners))
    return learners


def report(learners, at_once, keep):
    """What was measured, as a table: the median learner, and the one who had most."""
    print(f"\n{machine()}; {len(learners)} learners ran the lesson")
    print(f"{at_once} lessons at once, {keep} idle kernels beside them, {len(learners)} servers")
    for what in ("log in", "server", "lesson"):
        values = [learner.seconds[what] for learner in learners]
        print(f"{what:12} median {statistics.median(values):6.1f} s   most {max(values):6.1f} s")
    for part in ("server", "kernel"):
        for kind in ("RSS", "PSS", "USS", "peak"):
            values = [learner.memory[part][kind] for learner in learners]
            print(f"{part:7}{kind:5} median {statistics.median(values):6.0f} MB  most {max(values):6.0f} MB")


def main():
    """Start the hub, measure, end it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--users", type=int, default=3)
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--keep", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zoo-hub-", ignore_cleanup_errors=True) as folder:
        port = free_port()
        environment = {"ZOO_CLASS": folder, "ZOO_PORT": port}
        environment |= {"ZOO_HUB_PORT": free_port(), "ZOO_PROXY_PORT": free_port()}
        config = Path(__file__).with_name("jupyterhub_config.py")
        with Path(folder, "hub.log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", config],
                env={**os.environ, **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
            )
        hub = f"http://127.0.0.1:{port}"

        async def whole():
            await wait_for(hub, process)
            return await measure(hub, options.users, options.at_once, options.keep)

        try:
            started = time.perf_counter()
            report(asyncio.run(whole()), options.at_once, options.keep)
            print(f"all in all {time.perf_counter() - started:.0f} s")
        except BaseException:
            print(Path(folder, "hub.log").read_text()[-3000:], file=sys.stderr)
            raise
        finally:
            process.send_signal(signal.SIGTERM)  # it ends the servers and the proxy, too
            process.wait(60)


if __name__ == "__main__":
    main()
