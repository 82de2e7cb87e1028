#!/usr/bin/env python3
# tar-split.py - what an engine keeps of a layer's tar file: all but contents
#
# SPDX-License-Identifier: Apache-2.0
#
# usage: tar-split.py LAYER.tar OUT.json.gz
#
# Lines of JSON, as vbatts/tar-split writes them: {"type":2} has bytes of the
# tar file, {"type":1} stands for the content of an entry and has its CRC-64
# (ISO polynomial, all ones before and after), big-endian.
import base64
import gzip
import json
import sys

TABLE = []
for i in range(256):
    for _ in range(8):
        i = i >> 1 ^ (0xD800000000000000 if i & 1 else 0)
    TABLE.append(i)
KNOWN = {}


def crc64(data):
    if data not in KNOWN:
        crc = 0xFFFFFFFFFFFFFFFF
        for byte in data:
            crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
        KNOWN[data] = (crc ^ 0xFFFFFFFFFFFFFFFF).to_bytes(8, "big")
    return KNOWN[data]


def number(field):
    if field[0] & 0x80:
        return int.from_bytes(field[1:], "big")
    return int(field.rstrip(b"\0 ") or b"0", 8)


def pax_path(data):
    while data:
        length, _ = data.split(b" ", 1)
        record, data = data[: int(length)], data[int(length) :]
        key, value = record.split(b" ", 1)[1][:-1].split(b"=", 1)
        if key == b"path":
            return value
    return None


def entries(tar):
    """Where each entry's content begins, its size, and its name."""
    at, name = 0, None
    while at + 512 <= len(tar) and tar[at] != 0:
        head = tar[at : at + 512]
        size = number(head[124:136])
        kind = head[156:157]
        at += 512
        data = tar[at : at + size]
        if kind == b"x":
            name = pax_path(data) or name
        elif kind == b"L":
            name = data.rstrip(b"\0")
        elif kind not in (b"g", b"K"):
            prefix = head[345:500].rstrip(b"\0")
            if head[257:263] != b"ustar\0" or not prefix:
                prefix = b""
            own = head[:100].split(b"\0")[0]
            own = prefix + b"/" + own if prefix else own
            size = size if kind in (b"0", b"\0") else 0
            yield at, size, name or own
            name = None
        at += (size + 511) // 512 * 512


def records(tar):
    done = 0
    for at, size, name in entries(tar):
        yield {"type": 2, "payload": base64.b64encode(tar[done:at]).decode()}
        record = {"type": 1}
        try:
            record["name"] = name.decode()
        except UnicodeDecodeError:
            record["name_raw"] = base64.b64encode(name).decode()
        if size:
            record["size"] = size
        crc = crc64(tar[at : at + size]) if size else None
        record["payload"] = crc and base64.b64encode(crc).decode()
        yield record
        done = at + size
    yield {"type": 2, "payload": base64.b64encode(tar[done:]).decode()}


def main():
    assert crc64(b"123456789").hex() == "b90956c775a41001"
    with open(sys.argv[1], "rb") as file:
        tar = file.read()
    with gzip.GzipFile(sys.argv[2], "wb", mtime=0) as out:
        for position, record in enumerate(records(tar)):
            record["position"] = position
            text = json.dumps(record, separators=(",", ":"))
            # As Go's encoder has it.
            for sign in "<>&":
                text = text.replace(sign, "\\u%04x" % ord(sign))
            out.write(text.encode() + b"\n")


main()
