"""Lets the RO-Crate validator work without the network.

It fetches the JSON-LD context that a crate names. The context of RO-Crate 1.1 lies in the package `rocrate`, word for word as
it is published, and is handed out from there; any other request fails the test.
"""

import importlib.util
import json
import pathlib

import requests
from rocrate_validator.utils import http

CONTEXT = "https://w3id.org/ro/crate/1.1/context"


def context():
    # Found without being imported, which would take packages that nobody needs here.
    package = pathlib.Path(importlib.util.find_spec("rocrate").origin).parent
    text = (package / "data" / "ro-crate.jsonld").read_text(encoding="utf-8")
    assert json.loads(text)["@id"] == CONTEXT
    return text


def install(monkeypatch):
    text = context()

    def get(self, url, *arguments, **options):
        assert url == CONTEXT, f"the validator asks for {url}"
        response = requests.Response()
        response.status_code = 200
        response.url = url
        response.encoding = "utf-8"
        response.headers["Content-Type"] = "application/ld+json"
        response._content = text.encode()
        return response

    monkeypatch.setattr(http.HttpRequester, "get", get, raising=False)
