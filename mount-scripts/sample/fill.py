#!/usr/bin/env python3
"""Fills a server that speaks the Edison data storage API with the sample beside this file, through its public API.

    EDISON_PLATFORM_API_KEY=… fill.py http://127.0.0.1:PORT
    fill.py --frames                  # writes the largest file of the sample to standard output

Standard library only. It shows the protocol in full: login, dataset, text, directories, multipart upload, link.
"""

import array
import base64
import hashlib
import io
import json
import math
import os
import sys
import urllib.request
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PART = 10 << 20
FRAMES = 32


class Platform:
    def __init__(self, address: str, key: str) -> None:
        self.address = address
        self.token = ""
        self.token = self.call("POST", "/auth/login", {"api_key": key})["access_token"]

    def call(self, method: str, path: str, body: dict) -> dict:
        request = urllib.request.Request(self.address + path, json.dumps(body).encode(), method=method)
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else {}

    def storage(self, method: str, path: str, body: dict) -> dict:
        return self.call(method, "/v0.1/data-storage/" + path, body)

    def dataset(self, name: str, description: str) -> str:
        return self.storage("POST", "datasets", {"name": name, "description": description})["id"]

    def entry(self, **members: object) -> str:
        return self.storage("POST", "data-entries", members)["data_storage"]["id"]

    def upload(self, content: bytes, **members: object) -> str:
        """A file entry: created, sent in parts with their MD5, made active."""
        entry = self.entry(**members, metadata={"size": len(content)})
        parts = [content[at : at + PART] for at in range(0, max(len(content), 1), PART)]
        digests = [base64.b64encode(hashlib.md5(part).digest()).decode() for part in parts]
        session = self.storage("POST", f"data-entries/{entry}/multipart-upload/initiate", {"part_hashes": digests})
        done = []
        for number, (url, part, digest) in enumerate(zip(session["part_urls"], parts, digests), start=1):
            request = urllib.request.Request(url, part, {"Content-MD5": digest}, method="PUT")
            with urllib.request.urlopen(request, timeout=60) as answer:
                done.append({"part_number": number, "etag": answer.headers["ETag"], "checksum": digest})
        self.storage(
            "POST",
            f"data-entries/{entry}/multipart-upload/complete",
            {"upload_id": session["upload_id"], "parts": done},
        )
        self.storage("PATCH", f"data-entries/{entry}", {"status": "active"})
        return entry

    def tree(self, folder: Path, dataset: str, parent: str, description: str) -> None:
        """A directory entry with an entry for each file below."""
        entry = self.entry(name=folder.name, dataset_id=dataset, description=description, **parent_member(parent))
        for path in sorted(folder.iterdir()):
            if path.is_dir():
                self.tree(path, dataset, entry, f"Directory: {path.name}")
            else:
                self.upload(
                    path.read_bytes(),
                    name=path.name,
                    file_path=path.name,
                    dataset_id=dataset,
                    parent_id=entry,
                    description=path.read_text().splitlines()[1],
                )


def parent_member(parent: str) -> dict:
    return {"parent_id": parent} if parent else {}


def archive(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for path in sorted(folder.rglob("*.xyz")):
            target.write(path, path.relative_to(folder))
    return buffer.getvalue()


def spectrum(kelvin: float, samples: int) -> bytes:
    """Planck's law, W/(sr m³), at each nanometre from 100 nm on: float64, little-endian."""
    planck, light, boltzmann = 6.62607015e-34, 299792458.0, 1.380649e-23
    values = array.array("d")
    for index in range(samples):
        wavelength = (100 + index) * 1e-9
        exponent = planck * light / (wavelength * boltzmann * kelvin)
        values.append(2 * planck * light**2 / wavelength**5 / math.expm1(exponent))
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def frames(count: int) -> bytes:
    """Made-up detector frames of 1024 x 1024 unsigned 16-bit numbers: a ramp that differs from frame to frame."""
    frame = array.array("H", (index % 65521 for index in range(1024 * 1024))).tobytes()
    return b"".join(frame[-2 * number :] + frame[: -2 * number] for number in range(1, count + 1))


def main() -> None:
    if sys.argv[1] == "--frames":
        sys.stdout.buffer.write(frames(FRAMES))
        return
    platform = Platform(sys.argv[1].rstrip("/"), os.environ["EDISON_PLATFORM_API_KEY"])
    dataset = platform.dataset("small molecules", "Geometries, weights and a spectrum")
    for name, description, tags in (
        ("README.md", "What this dataset holds", ["documentation"]),
        ("elements.csv", "Standard atomic weights of the first twenty elements", ["table", "reference"]),
    ):
        content = (HERE / name).read_text(encoding="utf-8")
        platform.entry(
            name=Path(name).stem,
            content=content,
            file_path=name,
            dataset_id=dataset,
            description=description,
            tags=tags,
        )
    platform.tree(HERE / "molecules", dataset, "", "XYZ files, one molecule each")
    platform.upload(
        archive(HERE / "molecules"),
        name="molecules-archive",
        file_path="molecules-archive.zip",
        is_collection=True,
        dataset_id=dataset,
        description="The same files as one collection",
    )
    platform.upload(
        spectrum(5772, 4000),
        name="sun.f64",
        file_path="sun.f64",
        dataset_id=dataset,
        description="Black body of 5772 K from 100 nm, one float64 per nanometre",
        tags=["spectrum"],
    )
    platform.upload(
        frames(FRAMES),
        name="frames.u16",
        file_path="frames.u16",
        dataset_id=dataset,
        description="Detector frames, 1024 x 1024 x uint16",
        tags=["raw"],
    )
    link = "https://physics.nist.gov/cuu/Constants/"
    platform.entry(
        name="constants",
        content=link,
        dataset_id=dataset,
        description="Where the constants come from",
        existing_location={"storage_type": "link", "content_type": "text", "location": link},
    )


if __name__ == "__main__":
    main()
