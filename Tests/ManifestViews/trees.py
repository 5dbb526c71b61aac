"""Directory trees on disk, and what a store would say of them."""

import hashlib
import io
import os
import random
import zipfile

HOSTILE_NAMES = [
    "with space.csv", "qu\"ote'.txt", "new\nline.txt", "carriage\rreturn", "tab\t.txt", "back\\slash.txt", "per%20cent.txt",
    "hash#mark.txt", "question?x=1.txt", "colon:name.txt", "http:", "-", "--help", " leading", "trailing ", "*.csv",
    "[a]b.txt", "{x}.txt", "$HOME", "~home", "%PATH%", "ünïcode.txt", "e\u0301.txt", "\u00e9.txt", "日本語.csv", "😀.bin",
    "\u202ertl.txt", "\u2028line", "\x01control", "\x7fdel", "..hidden", "...", ".dotfile", "a" * 255, "con", "a;b&c=d", "<b>.html",
    "description", "entries", "@id", "@graph", "null", "ro-crate-preview.html.txt", "package.json", "table.zip",
]
MEDIA_TYPES = {"csv": "text/csv", "json": "application/json", "txt": "text/plain", "md": "text/markdown"}


class Tree:
    """A directory below `root` whose content is known."""

    def __init__(self, root, name):
        self.root = root
        self.entries = []
        self.facts = {
            "name": name,
            "description": "Measurements of \"air\"\nand water",
            "tags": ["air", "water"],
            "owner": "Ada Lovelace",
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "pageURL": "https://platform.example/datasets/d-1",
            "id": "66cee0ed-fb4d-4390-ab81-d9640839aacb",
            "created": 1_700_000_000,
            "modified": 1_700_086_400,
            "entries": self.entries,
        }
        os.makedirs(root)

    def directory(self, *path, **facts):
        os.makedirs(os.path.join(self.root, *path), exist_ok=True)
        self.entries.append({"path": list(path), "kind": "directory", **facts})

    def file(self, *path, content=b"", digest="sha256", **facts):
        place = os.path.join(self.root, *path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(content)
        entry = {
            "path": list(path), "kind": "file", "size": len(content), "created": 1_700_000_000, "modified": 1_700_000_001,
            "mediaType": MEDIA_TYPES.get(path[-1].rpartition(".")[2]), "id": f"e-{len(self.entries)}",
        }
        if digest:
            entry[digest] = getattr(hashlib, digest)(content).hexdigest()
        self.entries.append({**entry, **facts})

    def link(self, *path, target):
        self.entries.append({"path": list(path), "kind": "link", "target": target})

    @property
    def files(self):
        return [entry for entry in self.entries if entry["kind"] == "file"]


def ordinary(root):
    tree = Tree(root, "samples")
    tree.file("README.md", content=b"# Samples\n", description="How they were taken")
    tree.directory("raw", description="As the instrument wrote them")
    for day in range(1, 4):
        tree.file("raw", f"day {day}.csv", content=b"time,value\n1,2\n3,4\n", description=f"Day {day}", tags=["raw"])
    tree.file("raw", "deep", "er", "blob.bin", content=bytes(range(256)), digest="md5")
    tree.directory("empty directory")
    tree.file("config.json", content=b'[{"a": 1}]')
    tree.link("paper", target="https://doi.org/10.1000/182")
    tree.link("signed", target="https://bucket.example/x?signature=s3cret")
    return tree


def bare(root):
    """Nothing is known but names: no description, license, owner, page, digest or media type."""
    tree = Tree(root, "bare")
    for key in ("description", "tags", "owner", "license", "pageURL", "id", "created", "modified"):
        del tree.facts[key]
    tree.file("a.bin", content=b"a", digest=None)
    tree.file("b", "c.bin", content=b"c", digest=None)
    return tree


def empty(root):
    tree = Tree(root, "empty")
    tree.directory("nothing in it")
    return tree


def zipped(table):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(zipfile.ZipInfo("table.csv"), table)
    return archive.getvalue()


def hostile(root):
    tree = Tree(root, "hostile \"name\"\n<&>'\\")
    tree.facts["license"] = "CC-BY-4.0"
    for number, name in enumerate(HOSTILE_NAMES):
        table = b"x,y\n1,2\n"
        contents = {"csv": table, "zip": zipped(table), "json": b"[]"}
        content = contents.get(name.rpartition(".")[2], f"content {number}".encode())
        tree.file(name, content=content, description=name)
        tree.file("in " + name[:200], "inner.txt", content=b"inner", description="in " + name)
    return tree


def generated(root, seed):
    """A tree of random shape and names."""
    generator = random.Random(seed)
    alphabet = "abcXYZ019 ._-~!@#$%^&()+=,;:'\"\\[]{}?*|<>\n\r\té日😀\u202e"
    tree = Tree(root, "generated")
    seen = set()

    def name():
        while True:
            text = "".join(generator.choice(alphabet) for _ in range(generator.randint(1, 12)))
            if text not in (".", "..") and not text.endswith(".."):
                return text

    def grow(path, depth):
        for _ in range(generator.randint(1, 6)):
            child = [*path, name()]
            if tuple(child) in seen:
                continue
            seen.add(tuple(child))
            if depth and generator.random() < 0.4:
                tree.directory(*child, description=generator.choice([None, "a directory"]))
                grow(child, depth - 1)
            else:
                content = generator.randbytes(generator.randint(0, 100))
                tree.file(*child, content=content, description=generator.choice([None, "", child[-1]]))

    grow([], 4)
    return tree
