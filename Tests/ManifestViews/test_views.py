"""The generated views of a directory, read by the validators of those who define them."""

import json
import os
import random
import re
import subprocess
import time

import frictionless
import mlcroissant
import pytest
from rocrate_validator import models, services

import offline
import trees

SECRETS = ("s3cret", "signature")
SEED = int(os.environ.get("DATASETFS_TEST_SEED") or random.randrange(2**32))
TREES = {
    "ordinary": trees.ordinary,
    "bare": trees.bare,
    "empty": trees.empty,
    "hostile": trees.hostile,
    **{f"seed {SEED + n}": (lambda root, seed=SEED + n: trees.generated(root, seed)) for n in range(3)},
}


def write_views(facts, directory):
    subprocess.run([os.environ["MANIFEST_VIEW_WRITER"], directory], input=json.dumps(facts).encode(), check=True, timeout=120)


@pytest.fixture(scope="module", params=TREES)
def tree(request, tmp_path_factory):
    """A tree with its views beside its files, as they are when somebody copies them there."""
    tree = TREES[request.param](str(tmp_path_factory.mktemp("tree") / "root"))
    write_views(tree.facts, tree.root)
    return tree


def read(tree, name):
    with open(os.path.join(tree.root, name), encoding="utf-8", newline="") as file:
        return file.read()


def test_sha256sum_checks_every_file_whose_digest_is_known(tree):
    known = [entry for entry in tree.files if "sha256" in entry]
    if not known:
        assert read(tree, "SHA256SUMS") == ""
        return
    command = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    result = subprocess.run(command, cwd=tree.root, capture_output=True, timeout=60, check=False)
    assert result.returncode == 0, result
    assert result.stdout.count(b": OK\n") == len(known)


def validate_crate(root, severity):
    settings = services.ValidationSettings(
        rocrate_uri=root,
        profile_identifier="ro-crate-1.1",
        requirement_severity=severity,
        skip_availability_check=True,
    )
    return services.validate(settings)


def test_the_crate_is_valid(tree, monkeypatch):
    offline.install(monkeypatch)
    # Without dates, licenses and descriptions the recommendations cannot be met.
    told = tree.facts.get("license") is not None
    result = validate_crate(tree.root, models.Severity.RECOMMENDED if told else models.Severity.REQUIRED)
    # Of no directory is it known which organisation publishes it or its author belongs to.
    issues = [issue.message for issue in result.get_issues()]
    assert not [message for message in issues if "`publisher`" not in message and "affiliation" not in message]


@pytest.mark.parametrize("damage", ["name", "hasPart"])
def test_the_validator_refuses_a_damaged_crate(tmp_path, monkeypatch, damage):
    offline.install(monkeypatch)
    tree = trees.ordinary(str(tmp_path / "root"))
    write_views(tree.facts, tree.root)
    crate = json.loads(read(tree, "ro-crate-metadata.json"))
    del crate["@graph"][1][damage]
    with open(os.path.join(tree.root, "ro-crate-metadata.json"), "w", encoding="utf-8") as file:
        json.dump(crate, file)
    assert validate_crate(tree.root, models.Severity.REQUIRED).has_issues()


def test_the_crate_holds_every_file_and_directory(tree):
    graph = {entity["@id"]: entity for entity in json.loads(read(tree, "ro-crate-metadata.json"))["@graph"]}
    parts, waiting = set(), ["./"]
    while waiting:
        below = graph[waiting.pop()].get("hasPart", [])
        for part in below if isinstance(below, list) else [below]:
            assert part["@id"] not in parts
            parts.add(part["@id"])
            waiting.append(part["@id"])
    assert sum(not part.endswith("/") for part in parts) == len(tree.files)
    assert len(graph) == len(json.loads(read(tree, "ro-crate-metadata.json"))["@graph"])


def test_the_croissant_is_valid(tree):
    dataset = mlcroissant.Dataset(jsonld=os.path.join(tree.root, "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors
    paths = sorted("/".join(entry["path"]) for entry in tree.files)
    assert sorted(file.content_url for file in dataset.metadata.distribution) == paths


def test_the_package_is_valid_and_its_files_have_the_digests_it_names(tree):
    package = frictionless.Package(os.path.join(tree.root, "datapackage.json"))
    # Readers refuse a package with a path that they could expand or that looks like one of a directory above.
    paths = {"/".join(entry["path"]) for entry in tree.files}
    paths = {path for path in paths if "../" not in path and not re.search(r"\$[\w{]", path, re.ASCII)}
    assert {path.removeprefix("./") for path in package.resource_paths} == paths
    report = package.validate()
    assert report.valid, report.flatten(["name", "type", "note"])


def test_no_secret_is_in_any_view(tree):
    for name in ("ro-crate-metadata.json", "croissant.json", "datapackage.json", "SHA256SUMS", "manifest.json", "manifest.yaml"):
        assert not [secret for secret in SECRETS if secret in read(tree, name)]


def test_the_native_manifest_is_one_in_json_and_yaml(tree):
    import yaml

    manifest = json.loads(read(tree, "manifest.json"))
    assert yaml.safe_load(read(tree, "manifest.yaml")) == manifest
    for entry in tree.files:
        place = manifest
        for name in entry["path"][:-1]:
            place = place["entries"][name + "/"]
        assert entry["path"][-1] in place["entries"]


def test_the_same_facts_give_the_same_bytes(tree, tmp_path):
    generator = random.Random(SEED)
    entries = generator.sample(tree.entries, len(tree.entries))
    write_views({**tree.facts, "entries": entries}, tmp_path)
    for name in os.listdir(tmp_path):
        assert (tmp_path / name).read_bytes() == open(os.path.join(tree.root, name), "rb").read(), name


def test_twenty_thousand_files_take_seconds(tmp_path):
    entries = [
        {"path": [f"d{n % 100}", f"file {n}.csv"], "kind": "file", "size": n, "sha256": "ab" * 32} for n in range(20_000)
    ]
    start = time.monotonic()
    write_views({"name": "large", "entries": entries}, tmp_path)
    seconds = time.monotonic() - start
    assert seconds < 60
    print(f"six views of 20,000 files in {seconds:.1f} s")
    assert len(json.loads((tmp_path / "datapackage.json").read_text())["resources"]) == 20_000
    assert len((tmp_path / "SHA256SUMS").read_text().splitlines()) == 20_000
