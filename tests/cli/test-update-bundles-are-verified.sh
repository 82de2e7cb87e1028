#!/bin/bash
# test-update-bundles-are-verified.sh - what a device's updater would refuse,
# or cut short without a word, is an error
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires python3 jq tar gzip xz zstd md5sum

# verify STATUS BUNDLE [WORDS]: the verdict, and words that it must have
verify() {
	run "$1" hup verify "$2"
	! grep -q 'built with libarchive' err || skip 'built without libarchive'
	[ -z "${3:-}" ] || grep -q -- "$3" out || fail "$2: $(cat out)"
}

# ---- archives of other people ----------------------------------------------

real=${BALIMG_REAL:-$srcdir/../shared/real}
if [ -e "$real/images.tar.zst" ]; then
	zstd -dc "$real/images.tar.zst" | tar -x -f - images/docker
	engine=images/docker/engine~integration~testdata~delta-on-load~busybox
	ggcr=images/docker/ggcr
	verify 0 images/docker/cimage~docker~archive~fixtures~almostempty.tar
	verify 1 images/docker/cli-release.tar 'is no update bundle'
	verify 0 $engine-1.24.tar.gz
	verify 0 $engine-1.29.tar.gz
	verify 0 $engine-delta.tar.gz 'is a delta to image sha256:47bcc53f'
	verify 1 $engine-delta-bad-magic.tar.gz 'does not fit its diff id'
	verify 1 $engine-delta-truncated.tar.gz 'does not fit its diff id'
	verify 1 images/docker/engine~pkg~archive~testdata~broken.tar \
		'is no update bundle'
	verify 0 $ggcr~mutate~testdata~source_image_with_empty_layer_history.tar
	verify 0 $ggcr~mutate~testdata~whiteout_dir.tar
	verify 0 $ggcr~mutate~testdata~whiteout_image.tar
	verify 1 $ggcr~pkg~crane~testdata~content.tar 'is no update bundle'
	verify 0 $ggcr~tarball~testdata~hello-world-v25.tar
	verify 1 $ggcr~tarball~testdata~no_manifest.tar 'manifest is missing'
	verify 1 $ggcr~tarball~testdata~null_manifest.tar 'has 0 images'
	run 0 hup info --json $engine-1.24.tar.gz
	equal "$(jq -r .imageId out)" \
		"sha256:$(tar -xzOf $engine-1.24.tar.gz manifest.json |
			jq -r '.[0].Config | rtrimstr(".json")')"
	equal "$(jq -c '[.layers[].diffId]' out)" \
		"$(tar -xzOf $engine-1.24.tar.gz "$(tar -xzOf \
			$engine-1.24.tar.gz manifest.json |
			jq -r '.[0].Config')" | jq -c .rootfs.diff_ids)"
fi

# ---- docker archives of our own --------------------------------------------

# docker OUT [CHANGE]: CHANGE is Python that may change the variables
docker() {
	python3 - "$1" "${2:-}" <<-'END'
	import hashlib, io, json, sys, tarfile
	def tar(files):
	    out = io.BytesIO()
	    with tarfile.open(fileobj=out, mode="w") as t:
	        for name, data in files:
	            m = tarfile.TarInfo(name)
	            m.size = len(data)
	            t.addfile(m, io.BytesIO(data))
	    return out.getvalue()
	layer = tar([("etc/os-release", b'VERSION="8.0.2"\nSLUG="rpi"\n'),
	    ("etc/hostapp-update-hooks.d/1-bootfiles", b"#!/bin/sh\n"),
	    ("resin-boot/device-type.json", b'{"slug": "raspberrypi4-64"}')])
	diff_id = "sha256:" + hashlib.sha256(layer).hexdigest()
	config = {"architecture": "amd64", "os": "linux", "config": {},
	    "rootfs": {"type": "layers", "diff_ids": [diff_id]}}
	where, tags, images, more = "ab" * 32, ["balena:latest"], 1, []
	pack = lambda data: data
	exec(sys.argv[2])
	text = json.dumps(config).encode()
	name = hashlib.sha256(text).hexdigest() + ".json"
	manifest = [{"Config": name, "RepoTags": tags,
	    "Layers": [where + "/layer.tar"]}] * images
	with open(sys.argv[1], "wb") as f:
	    f.write(tar([(where + "/VERSION", b"1.0"), (where + "/layer.tar", pack(layer)),
	        (name, text)] + more +
	        [("manifest.json", json.dumps(manifest).encode())]))
	END
}

docker good.tar
verify 0 good.tar
! command -v skopeo >/dev/null ||
	skopeo inspect --config docker-archive:good.tar >skopeo.out ||
	fail 'skopeo does not read the sample'
run 0 hup info --json good.tar
jq -e '.format == "hostapp" and .version == "8.0.2" and
	.deviceType == "raspberrypi4-64" and .hooks == ["1-bootfiles"] and
	.tags == ["balena:latest"] and .layers[0].files == 3' out >jq.out ||
	fail "$(cat out)"
for compress in gzip bzip2 xz; do
	$compress -kc good.tar >"good.tar.$compress"
	verify 0 "good.tar.$compress"
done
docker packed.tar 'import gzip; pack = gzip.compress'
verify 0 packed.tar
docker changed.tar 'pack = lambda data: data[:600] + b"x" + data[601:]'
verify 1 changed.tar 'does not fit its diff id'
docker tags.tar 'tags = ["a:1", "b:2"]'
verify 1 tags.tar 'has 2 tags'
docker two.tar 'images = 2'
verify 1 two.tar 'has 2 images'
docker ids.tar 'config["rootfs"]["diff_ids"] *= 2'
verify 1 ids.tar 'has 1 layers, and the image 2 diff ids'
docker windows.tar 'config["os"] = "windows"'
verify 1 windows.tar 'for windows'
docker untagged.tar 'tags = None'
verify 0 untagged.tar
docker zstd.tar 'import subprocess
pack = lambda d: subprocess.run(["zstd", "-q"], input=d,
    stdout=subprocess.PIPE).stdout'
verify 1 zstd.tar 'compressed by zstd'
head -c 3000 good.tar >short.tar
verify 3 short.tar
verify 4 absent.tar

# ---- root file systems -----------------------------------------------------

# fingerprint FOLDER SEPARATOR: of what is in it, sorted by name
fingerprint() {
	(cd "$1" && find . -type f ! -name '*.fingerprint' \
		! -path './resin-boot/*' -print0 | sort -z |
		xargs -0 md5sum | sed "s|  \./|$2/|")
}

make_root() {
	rm -rf root
	mkdir -p root/etc root/bin root/resin-boot/splash root/quirks/etc
	printf 'VERSION="1.24.0"\n' >root/etc/os-release
	echo '#!/bin/sh' >root/bin/tool
	ln root/bin/tool root/bin/other
	ln -s tool root/bin/link
	echo hosts >root/quirks/etc/hosts
	echo '{"slug":"raspberry-pi2"}' >root/resin-boot/device-type.json
	echo logo >root/resin-boot/splash/resin-logo.png
	fingerprint root/resin-boot ' ' >boot
	fingerprint root '  ' >root/resin-root.fingerprint
	mv boot root/resin-boot/resin-boot.fingerprint
}

pack() {
	tar -C root -cf "$1" .
}

make_root
pack root.tar
verify 0 root.tar
run 0 hup info --json root.tar
jq -e '.format == "resinhup" and .version == "1.24.0" and
	.deviceType == "raspberry-pi2" and .fingerprints.boot == 2 and
	.fingerprints.root >= 4' out >jq.out || fail "$(cat out)"
gzip -k root.tar
verify 0 root.tar.gz
zstd -q root.tar
verify 1 root.tar.zst 'no device reads'

echo changed >>root/etc/os-release
pack changed-root.tar
verify 1 changed-root.tar 'etc/os-release has another sum'
make_root
rm root/resin-boot/splash/resin-logo.png
pack missing.tar
verify 1 missing.tar 'splash/resin-logo.png is missing'
make_root
rm root/resin-root.fingerprint
pack bare.tar
verify 1 bare.tar 'the updater stops'
make_root
mkfifo root/etc/pipe
mkdir -p root/usr/quirks
echo '{}' >root/resin-boot/config.json
python3 -c "
import socket
socket.socket(socket.AF_UNIX).bind('root/etc/sock')"
python3 - <<-'END'
	import tarfile
	with tarfile.open("odd.tar", "w") as t:
	    t.add("root", ".")
	    m = tarfile.TarInfo("./dev/console")
	    m.type, m.devmajor, m.devminor = tarfile.CHRTYPE, 5, 1
	    t.addfile(m)
END
verify 1 odd.tar 'dev/console: is a device'
grep -q 'etc/pipe: is a FIFO' out || fail "$(cat out)"
grep -q 'usr/quirks: is left out' out || fail "$(cat out)"
grep -q 'resin-boot/config.json: would replace' out || fail "$(cat out)"
