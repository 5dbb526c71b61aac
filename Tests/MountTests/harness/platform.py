"""A server with the platform's API, and what tests put on it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from faultproxy import FaultProxy

from .process import SERVER

KEY = "local-key"
# Of a body that was longer than what is remembered of it.
NAMED = re.compile(r'"(name|file_path)"\s*:\s*"([^"\\]*)"')


class Platform:
    """One server; its data lies in `root`, its port stays the same when it starts again."""

    def __init__(self, root: Path, *arguments: str) -> None:
        self.root = root
        self.arguments = arguments
        self.port = 0
        self.tokens: dict[str, str] = {}
        self.start()

    def start(self) -> None:
        command = [SERVER, "--port", str(self.port), "--root", str(self.root), "--admin", *self.arguments]
        with (self.root.parent / f"{self.root.name}.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("datasetfs-server ready on "), line
        self.direct_url = line.split()[-1]
        self.port = int(self.direct_url.rpartition(":")[2])
        self.tokens = {}

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()

    @property
    def url(self) -> str:
        """By which mounts reach it: a proxy's, where one stands before it."""
        return self.direct_url

    @property
    def store(self) -> str:
        return "edison+" + self.url

    def request(self, method: str, path: str, body: object = None, token: str | None = None) -> object:
        text = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.direct_url + path, text, {"Content-Type": "application/json"}, method=method)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=120) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    # The operator's routes

    def admin(self, method: str, path: str, body: object = None) -> object:
        return self.request(method, "/admin/" + path, body)

    def fault(self, **rule: object) -> None:
        self.admin("POST", "faults", rule)

    def heal(self) -> None:
        self.admin("DELETE", "faults")

    def count(self) -> None:
        """Counts anew from here."""
        self.admin("DELETE", "requests")

    @property
    def requests(self) -> dict[str, int]:
        return self.admin("GET", "requests")["requests"]

    @property
    def bytes_sent(self) -> int:
        return self.admin("GET", "requests")["bytes_sent"]

    def object(self, name: str, size: int, dataset: str, pattern: str = "counter", **members: object) -> str:
        """A file entry of that many patterned bytes, which take no disk."""
        body = {"name": name, "size": size, "dataset": dataset, "pattern": pattern, **members}
        return self.admin("POST", "object", body)["data_storage"]["id"]

    def plant(self, **members: object) -> str:
        """An entry as no client would make it."""
        return self.admin("POST", "entries", members)["data_storage"]["id"]

    def bulk(self, dataset: str, count: int, **members: object) -> None:
        self.admin("POST", "bulk", {"dataset": dataset, "count": count, **members})

    # The platform's own routes

    def storage(self, method: str, path: str, body: object = None, key: str = KEY) -> object:
        # Tokens may live very shortly here: one is taken anew when it has expired.
        for _ in range(2):
            if key not in self.tokens:
                self.tokens[key] = self.request("POST", "/auth/login", {"api_key": key})["access_token"]
            try:
                return self.request(method, "/v0.1/data-storage/" + path, body, self.tokens[key])
            except urllib.error.HTTPError as error:
                if error.code != 401:
                    raise
                del self.tokens[key]
        raise AssertionError(f"no login for {key}")

    def dataset(self, name: str, description: str | None = None, key: str = KEY) -> str:
        return self.storage("POST", "datasets", {"name": name, "description": description}, key)["id"]

    def entry(self, key: str = KEY, **members: object) -> str:
        return self.storage("POST", "data-entries", members, key)["data_storage"]["id"]

    def upload(self, content: bytes, key: str = KEY, **members: object) -> str:
        entry = self.entry(key, **members)
        digest = base64.b64encode(hashlib.md5(content).digest()).decode()
        route = f"data-entries/{entry}/multipart-upload/"
        session = self.storage("POST", route + "initiate", {"part_hashes": [digest]}, key)
        request = urllib.request.Request(session["part_urls"][0], content, {"Content-MD5": digest}, method="PUT")
        with urllib.request.urlopen(request, timeout=60) as answer:
            part = {"part_number": 1, "etag": answer.headers["ETag"], "checksum": digest}
        self.storage("POST", route + "complete", {"upload_id": session["upload_id"], "parts": [part]}, key)
        self.storage("PATCH", f"data-entries/{entry}", {"status": "active"}, key)
        return entry

    def revise(self, entry: str, identifier: str, **members: object) -> None:
        base = self.storage("GET", f"data-entries/{entry}")["current_revision_id"]
        body = {"revision_id": identifier, "base_revision_id": base, "publish": True, **members}
        self.storage("PATCH", f"data-entries/{entry}", body)

    def delete(self, entry: str) -> None:
        self.storage("DELETE", f"data-entries/{entry}")


class ProxiedPlatform(Platform):
    """A server that mounts reach through a proxy only, for signed addresses as well."""

    def __init__(self, root: Path, *arguments: str) -> None:
        self.proxy = FaultProxy()
        super().__init__(root, "--public-url", self.proxy.url, *arguments)

    def start(self) -> None:
        super().start()
        self.proxy.upstream = ("127.0.0.1", self.port)

    def stop_server(self) -> None:
        """The server alone; `start` brings it back, behind the same proxy."""
        super().stop()

    def stop(self) -> None:
        super().stop()
        self.proxy.stop()

    @property
    def url(self) -> str:
        return self.proxy.url

    def heal(self) -> None:
        super().heal()
        self.proxy.heal()

    @property
    def names(self) -> set[str]:
        """Every name that clients behind the proxy ever told the server, of entries and of file paths."""
        told = set()
        for one in self.proxy.passed:
            if one.method in ("POST", "PATCH", "PUT") and "/data-storage/" in one.path and one.body:
                try:
                    body = json.loads(one.body)
                except ValueError:
                    body = {key: value for key, value in NAMED.findall(one.body.decode(errors="replace"))}
                for key in ("name", "file_path"):
                    if isinstance(body, dict) and isinstance(body.get(key), str):
                        told.add(body[key].rpartition("/")[2])
        return told
