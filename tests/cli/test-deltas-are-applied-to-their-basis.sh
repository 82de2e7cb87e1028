#!/bin/bash
# test-deltas-are-applied-to-their-basis.sh - rdiff makes them, and skopeo,
# umoci and sha256sum judge what they make
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
# shellcheck source=tests/lib/hostapp.sh
. "$srcdir/tests/lib/hostapp.sh"
requires python3 jq tar sha256sum rdiff skopeo umoci

# sound BUNDLE: every blob has the sum that it is called by, and others read it
sound() {
	run 0 hup verify "$1"
	rm -rf blobs oci want
	tar -xf "$1" blobs
	(cd blobs/sha256 && sha256sum -- * | awk '$1 != $2') >sums
	silent sums
	skopeo --insecure-policy copy -q "docker-archive:$1" oci:oci:x
	umoci --log=error raw unpack --rootless --image oci:x want
}

# image_id ARCHIVE
image_id() {
	printf 'sha256:%s' "$(skopeo inspect --config --raw \
		"docker-archive:$1" | sha256sum | cut -c-64)"
}

# nothing FILE...: nothing is left of what failed
nothing() {
	local file
	for file; do
		[ ! -e "$file" ] || fail "$file is left"
	done
	[ -z "$(find . -name '.balimg*')" ] || fail 'a scratch file is left'
}

# refused STATUS WORDS DELTA BASE
refused() {
	run "$1" hup unpack "$3" --basis "$4" -C bad
	! grep -q 'built with libarchive' err || skip 'built without libarchive'
	err_has "$2"
	nothing bad bad.manifest
	run "$1" hup build "$3" --basis "$4" -o bad.docker
	err_has "$2"
	nothing bad.docker
}

cat >make.py <<'END'
import hashlib, io, json, subprocess, sys, tarfile

def sha(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()

def tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as t:
        for name, data in files:
            m = tarfile.TarInfo(name)
            m.size = len(data)
            t.addfile(m, io.BytesIO(data))
    return out.getvalue()

def config(layers, labels={}):
    return json.dumps({"architecture": "amd64", "os": "linux",
        "config": {"Labels": labels}, "rootfs": {"type": "layers",
        "diff_ids": [sha(layer) for layer in layers]}}).encode()

# As `docker save` has it, but with the layers stored in reverse.
def save(out, text, layers, tag="x:1"):
    name = sha(text)[7:] + ".json"
    paths = ["%064x/layer.tar" % i for i in range(len(layers))]
    members = [(name, text), ("manifest.json", json.dumps([{"Config": name,
        "RepoTags": [tag], "Layers": paths}]).encode())]
    members += reversed(list(zip(paths, layers)))
    open(out, "wb").write(tar(members))

def labels(base, target):
    return {"io.resin.delta.base": sha(base),
        "io.resin.delta.config": target.decode()}

# A delta of one layer: @commands to make @target of @base.
def one(out, base, target, commands):
    text = config([target])
    layer = tar([("delta", b"rs\x026" + commands)])
    save(out, config([layer], labels(config([base]), text)), [layer])
    return text

EMPTY = bytes(1024)
noise = b"".join(hashlib.sha512(b"%d" % i).digest() for i in range(8000))
END

# ---- layers, some of them common -------------------------------------------

cat make.py - >layers.py <<'END'
def rdiff(basis, new):
    open("basis", "wb").write(basis)
    open("new", "wb").write(new)
    subprocess.run("rm -f sig diff; rdiff signature basis sig && "
        "rdiff delta sig new diff", shell=True, check=True)
    return open("diff", "rb").read()
a = tar([("a", noise[:100000]), ("gone", b"x"), ("d/e", b"old")])
b = tar([("b", noise[100000:300000])])
b2 = tar([("b", noise[150000:300000] + b"tail"), (".wh.gone", b"")])
c = tar([("c", noise[50000:60000]), ("d/e", b"new")])
base, target = [a, b], [a, b2, c]
deltas = [EMPTY] + [tar([("delta", rdiff(a + b, new))]) for new in target[1:]]
save("base.tar", config(base), base)
save("target.tar", config(target), target)
save("delta.tar", config(deltas, labels(config(base), config(target))),
    deltas, "x:delta")
END
python3 layers.py
[ "$(stat -c %s delta.tar)" -lt 50000 ] || fail 'rdiff found nothing in common'
run 0 hup unpack delta.tar --basis base.tar -C got --manifest got.manifest
run 0 hup unpack target.tar -C good --manifest good.manifest
diff -r got good
cmp got.manifest good.manifest
id=$(image_id target.tar)
run 0 --json hup build delta.tar --basis base.tar -o whole.docker
equal "$(jq -c '[.format, .tag, .version, .imageId,
	([.layers[].rebuilt] | unique)]' out)" \
	"[\"hostapp\",\"x:delta\",null,\"$id\",[\"identical\"]]"
sound whole.docker
diff -r want got
cmp <(skopeo inspect --config --raw docker-archive:whole.docker) \
	<(skopeo inspect --config --raw docker-archive:target.tar)
gzip -k base.tar
run 0 hup build delta.tar --basis base.tar.gz -o whole.docker.xz
xz -dc whole.docker.xz | cmp - whole.docker
run 0 hup build delta.tar --basis base.tar
cmp "hostapp-$(printf %s "$id" | cut -c8-19).docker" whole.docker

run 0 --json hup info delta.tar
jq -e --arg id "$id" --arg base "$(image_id base.tar)" \
	'.target == $id and .delta == $base' out >/dev/null ||
	fail "$(cat out)"
run 0 --json hup verify delta.tar --basis base.tar
jq -e --arg id "$id" '.imageId == $id and .delta == null and
	(.layers | length) == 3 and .findings == []' out >/dev/null ||
	fail "$(cat out)"

# Another basis, none, and none that is wanted.
run 5 hup verify delta.tar --basis target.tar
err_has "is image $id"
err_has "one to $(image_id base.tar)"
refused 5 "is image $id" delta.tar target.tar
tar -C got -cf got.tar .
refused 3 'is no docker archive' delta.tar got.tar
refused 4 'absent.tar' delta.tar absent.tar
refused 3 'is no delta' target.tar base.tar
run 3 hup unpack delta.tar -C bad
err_has 'is a delta to image sha256:'
err_has '--basis'
nothing bad
run 2 hup build delta.tar --basis base.tar -o bad.docker --with a=make.py
run 2 hup verify delta.tar --basis base.tar --against whole.docker

# ---- every command, and what is none ---------------------------------------

cat make.py - >commands.py <<'END'
import os, struct
base = tar([("noise", noise)])
be = lambda n, width: n.to_bytes(width, "big")
parts, at = [], 0
def literal(n, width):
    global at
    text = noise[at:at + n]
    at += n
    parts.append((bytes([n]) if not width else
        bytes([0x41 + {1: 0, 2: 1, 4: 2, 8: 3}[width]]) + be(n, width)) + text)
def copy(start, n, a, b):
    power = {1: 0, 2: 1, 4: 2, 8: 3}
    parts.append(bytes([0x45 + 4 * power[a] + power[b]]) + be(start, a) +
        be(n, b))
for n in range(1, 65):
    literal(n, 0)
for width in 1, 2, 4, 8:
    literal(200 if width == 1 else 70000 if width > 2 else 65535, width)
for a in 1, 2, 4, 8:
    for b in 1, 2, 4, 8:
        copy(min(256 ** a - 1, 400000), min(256 ** b - 1, 100000), a, b)
copy(0, len(base), 8, 8)
stream = b"rs\x026" + b"".join(parts) + b"\0"
open("basis", "wb").write(base)
open("stream", "wb").write(stream)
subprocess.run(["rdiff", "-f", "patch", "basis", "stream", "made"], check=True)
# A tar file ends where it says, whatever follows.
made = open("made", "rb").read()
text = one("commands.tar", base, made, stream[4:])
save("one.tar", config([base]), [base])

bad = lambda name, commands: one(name, base, tar([("x", b"")]), commands)
bad("beyond.tar", b"\x47\x01" + be(len(base), 4) + b"\0")
bad("far.tar", b"\x54" + b"\xff" * 16 + b"\0")
bad("start.tar", b"\x51" + be(len(base) + 1, 8) + b"\1\0")
bad("long.tar", b"\x44" + b"\x7f" + b"\xff" * 7 + b"x")
bad("minus.tar", b"\x44" + b"\xff" * 8 + b"x")
bad("short.tar", b"\x42\x10\x00abc")
bad("number.tar", b"\x54\x00\x00")
bad("endless.tar", b"\x45\x00\x10")
bad("nothing.tar", b"")
bad("reserved.tar", b"\x55\0")
bad("other.tar", b"\x45\x00\x10\0")
END
python3 commands.py
run 0 hup build commands.tar --basis one.tar -o commands.docker
tar -xOf commands.docker "$(tar -xOf commands.docker manifest.json |
	jq -r '.[0].Layers[0]')" | cmp - made
refused 3 'of its basis, which has' beyond.tar one.tar
refused 3 'of its basis, which has' far.tar one.tar
refused 3 'of its basis, which has' start.tar one.tar
refused 3 'makes more than 16 GiB' long.tar one.tar
refused 3 'makes more than 16 GiB' minus.tar one.tar
for name in short number endless nothing; do
	refused 3 'ends too early' $name.tar one.tar
done
refused 3 'has a command 0x55' reserved.tar one.tar
refused 3 'does not fit the diff id' other.tar one.tar

# ---- archives that are not what they say -----------------------------------

cat make.py - >damaged.py <<'END'
base = tar([("noise", noise)])
text = config([base])
names = labels(text, text)
def bad(out, layers, change={}, text=None):
    save(out, text or config(layers, {**names, **change}), layers)
bad("hollow.tar", [tar([])])
bad("folder.tar", [tar([])[:0] + EMPTY])
bad("many.tar", [EMPTY, EMPTY])
bad("untold.tar", [EMPTY], {"io.resin.delta.config": 1})
bad("garbled.tar", [EMPTY], {"io.resin.delta.config": "{"})
bad("sums.tar", [EMPTY], {"io.resin.delta.config":
    json.dumps({"rootfs": {"diff_ids": [1]}})})
bad("whole.tar", [base])
other = tar([("noise", noise[1:])])
save("damaged.tar", text, [other])
END
python3 damaged.py
refused 3 'has 2 layers, and the image that it makes has 1' many.tar one.tar
for name in untold sums; do
	refused 3 'does not tell what image it makes' $name.tar one.tar
done
refused 3 'the settings of what it makes' garbled.tar one.tar
refused 3 'its basis damaged.tar: layer 0 does not fit' commands.tar damaged.tar
# All of it is common: whatever the layer holds, the engine does not look.
for name in hollow folder whole; do
	run 0 hup build $name.tar --basis one.tar -o same.docker --force
done
cat make.py - >lone.py <<'END'
base, other = tar([("noise", noise)]), tar([("noise", noise[1:])])
for out, layer in ("lone.tar", EMPTY), ("folder.tar", tar([("d", b"")])):
    save(out, config([layer], labels(config([base]), config([other]))), [layer])
END
python3 lone.py
refused 3 'holds no delta' lone.tar one.tar
refused 3 'ends too early' folder.tar one.tar

# ---- the hostapp of an image -----------------------------------------------

if command -v debugfs >/dev/null; then
	image rpi4 new.img 256M
	run 0 hup build new.img -o stored.docker
	cat make.py - >stored.py <<'END'
outer = tarfile.open("stored.docker")
read = lambda name: outer.extractfile(name).read()
manifest = json.loads(read("manifest.json"))[0]
text, layer = read(manifest["Config"]), read(manifest["Layers"][0])
open("basis", "wb").write(layer)
open("new", "wb").write(layer[:len(layer) // 2048 * 512] + b"some" * 128 + layer)
subprocess.run("rm -f sig diff; rdiff signature basis sig && "
    "rdiff delta sig new diff", shell=True, check=True)
made, delta = open("new", "rb").read(), tar([("delta",
    open("diff", "rb").read())])
save("update.tar", config([delta], labels(text, config([made]))), [delta])
END
	python3 stored.py
	run 0 hup build update.tar --basis stored.docker -o a.docker
	run 0 hup build update.tar --basis new.img -o b.docker
	cmp a.docker b.docker
	layers new.img overlay2
	echo changed >changed
	cp --sparse=always new.img x.img
	run 0 put changed "x.img:rootA/${base:?}/etc/hostname"
	refused 3 'its basis x.img' update.tar x.img
	refused 5 'its basis new.img: is image' delta.tar new.img
fi

# ---- of balena's own -------------------------------------------------------

real=${BALIMG_REAL:-$srcdir/../shared/real}
[ -e "$real/images.tar.zst" ] || exit 0
requires zstd
zstd -dc "$real/images.tar.zst" | tar -x -f - images/docker
for file in images/docker/engine~*delta-on-load~busybox-*; do
	mv "$file" "${file##*~}"
done
rm -rf got good
run 0 hup unpack busybox-delta.tar.gz --basis busybox-1.24.tar.gz -C got \
	--manifest got.manifest --force
run 0 hup unpack busybox-1.29.tar.gz -C good --manifest good.manifest --force
diff -r --no-dereference got good
cmp got.manifest good.manifest
run 0 hup build busybox-delta.tar.gz --basis busybox-1.24.tar.gz -o b29.docker
sound b29.docker
diff -r --no-dereference want got
cmp <(skopeo inspect --config --raw docker-archive:b29.docker) \
	<(tar -xzOf busybox-1.29.tar.gz --wildcards '758ec7f3*.json')
cmp <(tar -xOf b29.docker "$(tar -xOf b29.docker manifest.json |
	jq -r '.[0].Layers[0]')") \
	<(tar -xzOf busybox-1.29.tar.gz --wildcards '*/layer.tar')
run 0 hup verify busybox-delta.tar.gz --basis busybox-1.24.tar.gz
refused 3 'ends too early' busybox-delta-truncated.tar.gz busybox-1.24.tar.gz
refused 3 'begins with baaaaaad' busybox-delta-bad-magic.tar.gz \
	busybox-1.24.tar.gz
refused 5 'one to sha256:47bcc53f' busybox-delta.tar.gz busybox-1.29.tar.gz
run 1 hup verify busybox-delta-truncated.tar.gz --basis busybox-1.24.tar.gz
