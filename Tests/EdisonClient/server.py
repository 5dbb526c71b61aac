"""Runs the server binary for tests."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import httpx


class Server:
    """One running server; its data lies in `root` and survives a restart."""

    def __init__(self, root: Path, *arguments: str, admin: bool = True) -> None:
        self.root = root
        self.arguments = ("--admin", *arguments) if admin else arguments
        self.process: subprocess.Popen[str] | None = None
        self.url = ""
        self.start()

    def start(self) -> None:
        command = [os.environ["DATASETFS_SERVER"], "--port", "0", "--root", str(self.root), *self.arguments]
        # Its standard input ends with this process, even when that is killed.
        command.append("--exit-with-stdin")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("datasetfs-server ready on "), line
        self.url = line.split()[-1]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=20)
        self.process.stdout.close()
        self.process.stdin.close()
        return status

    def admin(self, method: str, path: str, body: object = None) -> object:
        response = httpx.request(method, f"{self.url}/admin/{path}", json=body, timeout=60)
        response.raise_for_status()
        return response.json() if response.content else None

    def bearer(self, key: str) -> dict[str, str]:
        answer = httpx.post(f"{self.url}/auth/login", json={"api_key": key})
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}
