#!/bin/bash
# test-update-bundles-are-built-from-the-store.sh - a docker archive of the
# hostapp, the same to the byte where its store is untouched
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
# shellcheck source=tests/lib/hostapp.sh
. "$srcdir/tests/lib/hostapp.sh"
requires jq tar gzip sha256sum python3 debugfs skopeo umoci

build() {
	run "$@"
	! grep -q 'built with libarchive' err || skip 'built without libarchive'
}

# unpack BUNDLE FOLDER: the root file system, by others' tools
unpack() {
	rm -rf oci "$2"
	skopeo copy -q "docker-archive:$1" oci:oci:x
	umoci --log=error raw unpack --rootless --image oci:x "$2"
}

# sound BUNDLE: others read it in both of its forms, and know the same image
sound() {
	run 0 hup verify "$1"
	skopeo inspect --config --raw "docker-archive:$1" >config.old
	skopeo inspect --config --raw "oci-archive:$1" >config.oci
	cmp config.old config.oci
	equal "$(tar -xOf "$1" manifest.json | jq -r '.[0].Config')" \
		"blobs/sha256/$(sha256sum <config.old | cut -c-64)"
	equal "$(tar -xOf "$1" manifest.json | jq -c '[.[0].Layers[]]')" \
		"$(jq -c '[.rootfs.diff_ids[] |
			"blobs/sha256/" + ltrimstr("sha256:")]' config.old)"
	tar -tf "$1" | cmp - <(bsdtar -tf "$1")
}

# stored FILE DRIVER: $diff_id and $image_id as the engine's database has them
stored() {
	local database=/balena/image/$2

	case $1 in 2.7*) database=/docker/image/$2 ;; esac
	diff_id=$(ids "$1" "$database/layerdb/sha256")
	image_id=$(ids "$1" "$database/imagedb/content/sha256")
}

# ---- untouched -------------------------------------------------------------

for kind in rpi3-2.7:aufs rpi4:overlay2; do
	driver=${kind#*:}
	kind=${kind%:*}
	case $kind in rpi3-2.7) file=2.7.img ;; *) file=new.img ;; esac
	image "$kind" $file 256M
	stored $file "$driver"
	build 0 --json hup build $file -o $file.docker
	equal "$(jq -c '[.format, .imageId, .layers[0].diffId,
		.layers[0].rebuilt, (.layers | length), .tag]' out)" \
		"[\"hostapp\",\"sha256:$image_id\",\"sha256:$diff_id\",\
\"identical\",1,null]"
	sound $file.docker
	equal "$(tar -xOf $file.docker "blobs/sha256/$diff_id" |
		sha256sum | cut -c-64)" "$diff_id"
	equal "$(tar -xOf $file.docker manifest.json |
		jq '.[0].RepoTags')" null
done
layers 2.7.img aufs /docker
unpack 2.7.img.docker root
for path in etc/os-release boot/zImage bin/busybox; do
	in_ext 2.7.img 2 "cat $base/$path" | cmp - "root/$path"
done

# Compressed from outside, as docker load takes it; called by custom.
build 0 hup build new.img -o new.docker.gz
gzip -dc new.docker.gz | cmp - new.img.docker
build 0 hup build new.img -o new.docker.xz
xz -dc new.docker.xz | cmp - new.img.docker
build 5 hup build new.img -o new.docker.zst
build 0 hup build new.img
cmp hostapp-8.0.2+rev1.docker new.img.docker

# A tag stays.
layers new.img overlay2
printf '{"Repositories":{"os":{"os:1":"sha256:%s","os@sha256:%s":"sha256:%s",
"os:2":"sha256:%s"}}}' "$image_id" "$image_id" "$image_id" "$image_id" >tags
cp --sparse=always new.img tagged.img
run 0 put tags tagged.img:rootA//balena/image/overlay2/repositories.json
build 0 --json hup build tagged.img -o tagged.docker
equal "$(jq -r .tag out)" os:1
equal "$(tar -xOf tagged.docker manifest.json | jq -c '.[0].RepoTags')" \
	'["os:1"]'
sound tagged.docker

# ---- customised ------------------------------------------------------------

# anew FILE PATH CONTENT [OPTION...]: it is no longer the image that it was,
# and holds CONTENT at PATH
anew() {
	local file=$1 path=$2 content=$3
	shift 3
	build 0 --json hup build "$file" -o anew.docker --force "$@"
	equal "$(jq -c '[.layers[].rebuilt] | unique' out)" '["retarred"]'
	[ "$(jq -r .imageId out)" != "sha256:$image_id" ] || fail 'the same id'
	sound anew.docker
	unpack anew.docker root
	cmp "$content" "root/$path"
}

echo changed >changed
fresh() {
	cp --sparse=always new.img x.img
}

# A file of another size, of the same size, of another mode; a new one, one
# that is gone; in the container, in its volume; and what goes in besides.
fresh
run 0 put changed x.img:rootA/etc/hostname
anew x.img etc/hostname changed
fresh
in_ext x.img 2 "cat $base/etc/os-release" | tr 8 9 >same-size
run 0 put same-size "x.img:rootA/$base/etc/os-release"
anew x.img etc/os-release same-size
fresh
echo "sif $base/bin/busybox mode 0104755" | change_ext x.img 2
in_ext x.img 2 "cat $base/bin/busybox" >busybox
anew x.img bin/busybox busybox
tar -xOf anew.docker "$(tar -xOf anew.docker manifest.json |
	jq -r '.[0].Layers[0]')" | tar -tv | grep -q '^-rwsr-xr-x .*bin/busybox'
fresh
run 0 put changed x.img:rootA/etc/new
anew x.img etc/new changed
fresh
run 0 rm x.img:rootA/etc/issue
anew x.img bin/busybox busybox
[ ! -e root/etc/issue ] || fail 'it is still there'
fresh
echo "ea_set $base/bin/busybox user.note text" | change_ext x.img 2
anew x.img bin/busybox busybox
fresh
run 0 put changed x.img:rootA/at-the-top
anew x.img at-the-top changed
fresh
run 0 put changed x.img:rootA/boot/zImage
anew x.img boot/zImage changed
fresh
anew x.img opt/new/file changed --with /opt/new/file=changed
[ -f root/etc/os-release ] || fail 'the rest is missing'
mtools_cat new.img splash/balena-logo.png >logo.png
anew x.img resin-boot/splash/balena-logo.png logo.png --splash logo.png

# What cannot be made again, for its record is damaged, is made anew.
record=/balena/image/overlay2/layerdb/sha256/$diff_id/tar-split.json.gz
for damage in '' '{"type":1,"name":"../../etc/passwd","size":4,"payload":"AAAAAAAAAAA="}' \
	'{"type":1,"name":"./etc/passwd","size":-4}' '{"type":2,"payload":"?"}' \
	'{"type":3}' '[]' nonsense; do
	printf '%s\n' "$damage" | gzip -n >record.gz
	fresh
	run 0 put record.gz "x.img:rootA/$record"
	anew x.img bin/busybox busybox
done

# ---- layers over each other ------------------------------------------------

# A second layer, with whiteouts, in place of the container's own.
python3 - "$diff_id" <<-'END' >two.sh
	import hashlib, json, sys
	low = sys.argv[1]
	top = hashlib.sha256(b"no tar file").hexdigest()
	chain = hashlib.sha256(b"sha256:%s sha256:%s" %
	    (low.encode(), top.encode())).hexdigest()
	config = json.dumps({"architecture": "amd64", "os": "linux",
	    "rootfs": {"type": "layers",
	        "diff_ids": ["sha256:" + low, "sha256:" + top]}})
	print("chain=" + chain, "image=" +
	    hashlib.sha256(config.encode()).hexdigest())
	open("two.json", "w").write(config)
END
chain='' image=''
# shellcheck source=/dev/null
. ./two.sh
cache=$(printf '%064d' 7)
printf '%s' "$cache" >cache-id
printf 'sha256:%s' "$chain" >parent
in_ext new.img 2 "cat /balena/containers/${hostapp##*/}/config.v2.json" |
	jq -c ".Image = \"sha256:$image\"" >config.v2.json
printf l/CCCCCCCCCCCCCCCCCCCCCCCCC4:l/AAAAAAAAAAAAAAAAAAAAAAAAA2 >lower
cp --sparse=always new.img two.img
change_ext two.img 2 <<-END
	mkdir /balena/image/overlay2/layerdb/sha256/$chain
	write cache-id /balena/image/overlay2/layerdb/sha256/$chain/cache-id
	write two.json /balena/image/overlay2/imagedb/content/sha256/$image
	symlink /balena/overlay2/l/CCCCCCCCCCCCCCCCCCCCCCCCC4 ../$cache/diff
	mkdir /balena/overlay2/$cache
	mkdir /balena/overlay2/$cache/diff
	mkdir /balena/overlay2/$cache/diff/etc
	mkdir /balena/overlay2/$cache/diff/lib
	ea_set /balena/overlay2/$cache/diff/lib trusted.overlay.opaque y
	ea_set /balena/overlay2/$cache/diff/lib user.note text
	write changed /balena/overlay2/$cache/diff/lib/only
	cd /balena/overlay2/$cache/diff/etc
	mknod issue c 0 0
END
run 0 put config.v2.json \
	"two.img:rootA//balena/containers/${hostapp##*/}/config.v2.json"
run 0 put lower "two.img:rootA/$lower"
build 0 --json hup build two.img -o two.docker
equal "$(jq -c '[.layers[].rebuilt]' out)" '["identical","retarred"]'
sound two.docker
unpack two.docker root
[ ! -e root/etc/issue ] || fail 'the whiteout was lost'
equal "$(ls root/lib)" only
[ -e root/etc/os-release ] || fail 'what is below was lost'
tar -xOf two.docker "$(tar -xOf two.docker manifest.json |
	jq -r '.[0].Layers[1]')" >top.tar
tar -tf top.tar >listing
grep -qx './etc/.wh.issue' listing || fail "$(cat listing)"
grep -qx './lib/.wh..wh..opq' listing || fail "$(cat listing)"
! grep -q trusted.overlay top.tar || fail 'an attribute of the layers'
grep -q 'SCHILY.xattr.user.note=text' top.tar || fail 'no other attribute'
