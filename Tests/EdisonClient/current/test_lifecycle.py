"""A server that ends and comes back, and logins that expire."""

import httpx
from conftest import KEYS
from edison_client import EdisonClient
from server import Server


def test_everything_survives_a_restart(tmp_path):
    server = Server(tmp_path / "root", "--api-key", KEYS["alice"])
    client = EdisonClient(service_uri=server.url, api_key=KEYS["alice"])
    path = tmp_path / "f.bin"
    path.write_bytes(b"\x00\xff" * 1000)
    text = client.store_text_content(name="t", content="text").data_storage.id
    file = client.store_file_content(name="f", file_path=path).data_storage.id
    bearer = server.bearer(KEYS["alice"])
    client.close()
    assert server.stop() == 0

    server.start()
    client = EdisonClient(service_uri=server.url, api_key=KEYS["alice"])

    assert client.fetch_data_from_storage(text).content == "text"
    assert client.fetch_data_from_storage(file).read_bytes() == path.read_bytes()
    assert httpx.get(f"{server.url}/v0.1/organizations", headers=bearer).status_code == 200
    client.close()
    assert server.stop() == 0


def test_expired_login_is_renewed(tmp_path):
    server = Server(tmp_path, "--api-key", KEYS["alice"], "--token-lifetime", "0.2")
    client = EdisonClient(service_uri=server.url, api_key=KEYS["alice"])
    bearer = server.bearer(KEYS["alice"])
    organizations = f"{server.url}/v0.1/organizations"
    while httpx.get(organizations, headers=bearer).status_code == 200:
        pass

    assert client.store_text_content(name="t", content="text").data_storage.name == "t"

    client.close()
    assert server.stop() == 0
