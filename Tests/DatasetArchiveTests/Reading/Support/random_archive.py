"""Writes a random archive with Python's zipfile and prints what zipfile reads of it, a line for each member."""

import calendar
import io
import random
import sys
import warnings
import zipfile
import zlib


class Unseekable(io.RawIOBase):
    """A stream that cannot go back: zipfile writes data descriptors to it."""

    def __init__(self, target):
        super().__init__()
        self.target = target

    def writable(self):
        return True

    def write(self, data):
        return self.target.write(data)


def content(rng):
    kind = rng.randrange(4)
    size = rng.choice([0, 1, 100, 5_000, 70_000, 300_000])
    if kind == 0:
        return rng.randbytes(size)
    if kind == 1:
        return b"\0" * size
    words = [rng.randbytes(rng.randrange(2, 8)).hex().encode() for _ in range(200)]
    return b" ".join(rng.choices(words, k=size // 8 + 1))[:size]


def name(rng, number):
    parts = [rng.choice(["data", "ä ö", "日本", "a.b", "x" * 40, "\u0301combining"]) for _ in range(rng.randrange(1, 4))]
    return "/".join([*parts, f"member-{number}{rng.choice(['', '.txt', '.β'])}"])


def write(rng, archive):
    methods = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
    for number in range(rng.choice([0, 1, 40, 120])):
        time = (rng.randrange(1980, 2107), rng.randrange(1, 13), rng.randrange(1, 29),
                rng.randrange(24), rng.randrange(60), rng.randrange(30) * 2)
        info = zipfile.ZipInfo(name(rng, number), time)
        info.compress_type = rng.choice(methods)
        info.external_attr = rng.choice([0o100644, 0o100755, 0o600, 0]) << 16
        info.comment = rng.randbytes(rng.choice([0, 0, 30]))
        with archive.open(info, "w", force_zip64=rng.random() < 0.3) as member:
            member.write(content(rng))


def main():
    rng = random.Random(int(sys.argv[1]))
    warnings.simplefilter("ignore")
    buffer = io.BytesIO()
    buffer.write(rng.randbytes(rng.choice([0, 0, 777])))
    target = Unseekable(buffer) if rng.random() < 0.4 else buffer
    with zipfile.ZipFile(target, "w") as archive:
        write(rng, archive)
        archive.comment = rng.randbytes(rng.choice([0, 9, 60_000]))
    with open(sys.argv[2], "wb") as file:
        file.write(buffer.getvalue())
    with zipfile.ZipFile(sys.argv[2]) as archive:
        for info in archive.infolist():
            data = archive.read(info)
            mode = info.external_attr >> 16 & 0o7777
            print(info.filename.encode().hex(), len(data), zlib.crc32(data), mode, calendar.timegm(info.date_time))


main()
