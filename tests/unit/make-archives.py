#!/usr/bin/env python3
# make-archives.py - archives for test-trees-of-archives.sh
#
# SPDX-License-Identifier: Apache-2.0
#
# usage: make-archives.py FOLDER
#        make-archives.py --list FOLDER      what is in it, a line each
#        make-archives.py --sort FILE        the same of print-tree's lines
import bz2, gzip, hashlib, io, json, lzma, os, random, stat, sys, tarfile


def entry(name, data=b"", kind=tarfile.REGTYPE, **facts):
    member = tarfile.TarInfo(name)
    member.type, member.size, member.mtime = kind, len(data), 7
    for key, value in facts.items():
        setattr(member, key, value)
    return member, data


def tar(entries, **how):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT,
                      **how) as archive:
        for member, data in entries:
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def docker(layers, images=1):
    """Layers in any order, one of them maybe packed, as docker save does."""
    config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {
        "type": "layers", "diff_ids": ["sha256:" +
            hashlib.sha256(layer).hexdigest() for layer in layers]}}).encode()
    name = hashlib.sha256(config).hexdigest() + ".json"
    paths = ["%064x/layer.tar" % (i + 1) for i in range(len(layers))]
    members = [(path, gzip.compress(layer) if i % 3 == 1 else layer)
               for i, (path, layer) in enumerate(zip(paths, layers))]
    random.shuffle(members)
    manifest = [{"Config": name, "RepoTags": ["%s:%d" % ("ab"[i], i + 1)],
                 "Layers": paths} for i in range(images)]
    return tar([entry(path, data) for path, data in members] +
               [entry(name, config),
                entry("manifest.json", json.dumps(manifest).encode())])


def oci(layers):
    blobs = {}

    def blob(data, kind):
        digest = hashlib.sha256(data).hexdigest()
        blobs["blobs/sha256/" + digest] = data
        return {"mediaType": kind, "digest": "sha256:" + digest,
                "size": len(data)}

    top = "application/vnd.oci.image."
    config = blob(json.dumps({"architecture": "amd64", "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" +
            hashlib.sha256(layer).hexdigest() for layer in layers]}}).encode(),
        top + "config.v1+json")
    manifest = {"schemaVersion": 2, "config": config, "layers": [
        blob(gzip.compress(layer), top + "layer.v1.tar+gzip")
        for layer in layers]}
    index = {"schemaVersion": 2, "manifests": [
        blob(json.dumps(manifest).encode(), top + "manifest.v1+json")]}
    return tar([entry("oci-layout", b'{"imageLayoutVersion": "1.0.0"}'),
                entry("index.json", json.dumps(index).encode())] +
               [entry(path, data) for path, data in blobs.items()])


class Layers:
    """Random layers that fit each other; ->here is what is there."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.here = {"": "d"}

    def folders(self):
        return sorted(p for p, kind in self.here.items() if kind == "d")

    def remove(self, path):
        for other in list(self.here):
            if other == path or other.startswith(path + "/"):
                del self.here[other]

    def layer(self):
        done, own = [], {}
        for _ in range(self.random.randint(1, 14)):
            folder = self.random.choice(self.folders())
            if own.get(folder, "d") != "d" or folder.count("/") > 4:
                continue
            path = (folder + "/" if folder else "") + self.random.choice("abcde")
            if path in own or any(o.startswith(path + "/") for o in own):
                continue
            lower = [p for p in self.here if p not in own and p and
                     not any(o.startswith(p + "/") for o in own)]
            self.act(path, own, lower, done)
        self.random.shuffle(done)
        # A hard link must follow its file, an entry its directory.
        done.sort(key=lambda e: (e[0].type == tarfile.LNKTYPE,
                                 e[0].name.count("/")))
        return tar(done)

    def act(self, path, own, lower, done):
        kind = self.random.choice("ffffddlhhwwo")
        parts = path.split("/")
        for i in range(1, len(parts)):
            folder = "/".join(parts[:i])
            if folder not in own:
                own[folder] = "d"
                done.append(entry(folder, kind=tarfile.DIRTYPE, mode=0o755))
        if kind == "w":
            if not lower:
                return
            gone = self.random.choice(sorted(lower))
            folder, name = os.path.split(gone)
            parts = folder.split("/") if folder else []
            if any(own.get("/".join(parts[:i + 1]), "d") != "d"
                   for i in range(len(parts))):
                return
            done.append(entry(os.path.join(folder, ".wh." + name)))
            self.remove(gone)
            return
        if kind == "o":
            if self.here.get(path) != "d":
                return
            done.append(entry(path, kind=tarfile.DIRTYPE, mode=0o700))
            done.append(entry(path + "/.wh..wh..opq"))
            self.remove(path)
            self.here[path] = own[path] = "d"
            return
        files = sorted(p for p, what in own.items() if what == "f" and p != path)
        if kind == "h" and not files:
            kind = "f"
        if kind != "d" or self.here.get(path) != "d":
            self.remove(path)
        self.here[path] = own[path] = {"h": "f"}.get(kind, kind)
        if kind == "f":
            done.append(entry(path, self.random.randbytes(8),
                              mode=self.random.choice((0o644, 0o755))))
        elif kind == "d":
            done.append(entry(path, kind=tarfile.DIRTYPE,
                              mode=self.random.choice((0o755, 0o700))))
        elif kind == "l":
            done.append(entry(path, kind=tarfile.SYMTYPE, mode=0o777,
                              linkname=self.random.choice(("a", "/b", "../c"))))
        else:
            file = self.random.choice([f for f in files
                                       if own[f] == "f"])
            own[path] = "h"
            done.append(entry(path, kind=tarfile.LNKTYPE, linkname=file))


def make(folder):
    os.chdir(folder)

    def put(name, data):
        with open(name, "wb") as f:
            f.write(data)

    everything = tar([
        entry("./", kind=tarfile.DIRTYPE, mode=0o755),
        entry("./bin//su", b"hello", mode=0o4755, uid=1, gid=2, pax_headers={
            "SCHILY.xattr.security.capability": "cap"}),
        entry("bin/also", kind=tarfile.LNKTYPE, linkname="./bin/su"),
        entry("bin/sh", kind=tarfile.SYMTYPE, mode=0o777,
              linkname="../../etc/sh"),
        entry("dev/console", kind=tarfile.CHRTYPE, mode=0o600, gid=5,
              devmajor=5, devminor=1),
        entry("dev/sda", kind=tarfile.BLKTYPE, mode=0o660, gid=6, devmajor=8),
        entry("run/./fifo", kind=tarfile.FIFOTYPE),
        entry("/etc/absolute")])
    put("all.tar", everything)
    put("all.tar.gz", gzip.compress(everything))
    put("all.tar.bz2", bz2.compress(everything))
    put("all.tar.xz", lzma.compress(everything))
    put("escape.tar", tar([entry("a/../../b")]))
    put("link-escape.tar", tar([entry("b", kind=tarfile.LNKTYPE,
                                      linkname="../b")]))
    put("owner.tar", tar([entry("b", uid=1 << 40)]))
    put("device.tar", tar([entry("b", kind=tarfile.CHRTYPE,
                                 devmajor=5000)]))
    put("short.tar", everything[:1800])
    huge, _ = entry("huge")
    huge.size = 1 << 50
    put("huge.tar", huge.tobuf(tarfile.GNU_FORMAT) + bytes(10240))
    sparse, _ = entry("sparse", b"x", pax_headers={
        "GNU.sparse.map": "1048575,1", "GNU.sparse.size": "1048576",
        "GNU.sparse.numblocks": "1"})
    put("sparse.tar", tar([(sparse, b"x")]))
    layer = tar([entry("a", b"a")])
    put("one.tar", docker([layer]))
    put("two-images.tar", docker([layer], images=2))
    put("below-link.tar", docker([layer, tar([
        entry("l", kind=tarfile.SYMTYPE, linkname="/"), entry("l/a")])]))
    for seed in range(40):
        layers = Layers(seed)
        random.seed(seed)
        put("layers-%d.tar" % seed, docker([layers.layer() for _ in
            range(2 + seed % 6)]))
    put("oci.tar", oci([Layers(99).layer()]))


def describe(path, st, content, target):
    kind = {stat.S_IFDIR: "d", stat.S_IFLNK: "l"}.get(stat.S_IFMT(st.st_mode),
                                                      "-")
    return "%s %s %s" % (path, kind, target or
        (hashlib.md5(content).hexdigest() if kind == "-" else "") or
        "%o" % (st.st_mode & 0o777))


def listing(folder):
    lines = []
    for at, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(at, name)
            st = os.lstat(path)
            link = os.readlink(path) if stat.S_ISLNK(st.st_mode) else None
            content = open(path, "rb").read() if stat.S_ISREG(st.st_mode) \
                else b""
            lines.append(describe(path[len(folder):], st, content, link))
    print("\n".join(sorted(lines)))


def resort(file):
    """print-tree's lines in the form of listing(), links resolved."""
    told, order = {}, []
    for line in open(file):
        words = line.split()
        kind, mode, path = words[0], words[1], words[5]
        if path == "/":
            continue
        assert path not in told, path + " comes twice"
        if kind == "h":
            told[path] = told["/" + words[7]]
        elif kind == "l":
            told[path] = "l " + words[7]
        else:
            told[path] = kind + " " + (words[6] if kind == "-" else mode)
    print("\n".join(sorted(path + " " + what for path, what in told.items())))


if sys.argv[1] == "--list":
    listing(sys.argv[2])
elif sys.argv[1] == "--sort":
    resort(sys.argv[2])
else:
    make(sys.argv[1])
