#!/bin/bash
# test-a-real-engine-takes-what-apply-writes.sh - docker's engine finds in the
# new root the bundle's image, a container of it and its volume
#
# SPDX-License-Identifier: Apache-2.0
#
# The kernel lays the layers over each other, and the same bundle loaded by the
# engine itself is the measure of what a layer's files are.
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires python3 debugfs e2fsck mke2fs
# shellcheck source=tests/lib/update.sh
. "$srcdir/tests/lib/update.sh"
# shellcheck source=tests/lib/engine.sh
. "$srcdir/tests/lib/engine.sh"
needs_engine
export SOURCE_DATE_EPOCH=1700000000
tree=$srcdir/tests/lib/list-tree

# ---- a bundle with all that may be in one ------------------------------------

image rpi4 old.img 256M
take_apart old.img
bundle new.docker 9.0.0 "$odd_layers"
know_bundle new.docker
equal "$(layer_sums new.docker)" "$diff_ids"

run 0 hup apply new.docker old.img -o new.img
judge new.img 3 new.docker 2

# ---- what the engine knows ---------------------------------------------------

# knows_it: an image, a container and a volume, each as it should be
knows_it() {
	local volume container box
	container=$(readlink mounted/current)
	container=${container#hostapps/}
	volume=$(readlink "mounted/hostapps/$container/boot")
	volume=${volume%/_data}
	volume=${volume##*/}
	equal "$(docker images -a -q --no-trunc)" "$image_id"
	equal "$(docker ps -a -q --no-trunc)" "$container"
	equal "$(docker volume ls -q)" "$volume"
	box=$(docker inspect "$container")
	equal "$(jq -r '.[0] | .Image, .State.Status, .HostConfig.Runtime,
		.Config.Image, .GraphDriver.Name, (.Mounts | length),
		(.Mounts[0] | .Type, .Destination, .Name, .Driver, .Source)' \
		<<<"$box")" "$image_id
created
bare
$image_id
overlay2
1
volume
/boot
$volume
local
$work/mounted/balena/volumes/$volume/_data"
	equal "$(docker image inspect "$image_id" |
		jq -r '.[0] | .RepoTags[], .RootFS.Layers[]')" \
		"$(member new.docker '.RepoTags[]')
$diff_ids"
}

# gives_it_back FILE ROOT: the bundle, and what the kernel makes of its layers
gives_it_back() {
	docker save "$image_id" -o saved.tar
	equal "$(layer_sums saved.tar)" "$diff_ids"
	run 0 hup verify saved.tar
	run 0 hup diff new.docker saved.tar
	docker export "$(docker ps -a -q)" -o exported.tar
	"$tree" exported.tar >want
	run 0 tar "$1:$2/" -o got.tar --force
	"$tree" got.tar >got
	diff want got || fail "$1: the kernel sees another tree"
	grep -q "^'usr/alone'.*x01" got ||
		fail 'no capability was exported'
	run 0 hup unpack new.docker -C unpacked --rootfs
	# A bundle is unpacked without what the updater does not copy.
	"$tree" unpacked | cut -f 1-5,7,8,10 >got
	grep -v "^'resin-boot[/']" want | cut -f 1-5,7,8,10 | diff - got ||
		fail 'unpacked is another tree'
	rm -rf unpacked
}

# stays FILE NUMBER: when the engine has gone, all is as it was
stays() {
	stop_engine
	tidy_engine mounted/balena
	python3 "$srcdir/tests/lib/judge-store" mounted new.docker 2 ||
		fail "$1: after the engine"
	umount mounted
	ext_clean "$1" "$2"
}

mount_root new.img 3
start_engine "$work/mounted/balena"
knows_it
gives_it_back new.img rootB
# Each is needed by the other, so that no spring cleaning takes it.
docker image prune -a -f >pruned
docker volume prune -f >>pruned
knows_it
stop_engine
start_engine "$work/mounted/balena"
knows_it
stays new.img 3

# ---- what it would have written itself ---------------------------------------

mke2fs -q -t ext4 loaded.img 100M 2>/dev/null
mkdir loaded
mount -o loop loaded.img loaded
start_engine "$work/loaded/balena"
docker load -q -i new.docker >log
docker create --runtime=bare --volume=/boot "$image_id" /bin/sh >container
stop_engine

# describe STORE: each layer's files, and what is noted of it
describe() {
	local database=$1/image/overlay2/layerdb/sha256 layer
	for layer in "$database"/*; do
		printf '%s\n' "$layer" | sed 's,.*/,,'
		(cd "$layer" && grep -s "" diff size parent) || :
		# In how many pieces it keeps other bytes is up to the engine.
		gzip -dc "$layer/tar-split.json.gz" |
			jq -c 'select(.type == 1) | del(.position)'
		# These would have lost their capability with the second name.
		"$tree" "$1/overlay2/$(cat "$layer/cache-id")/diff" \
			"path in ('usr/bin/ping', 'usr/bin/ping6')"
	done
	"$tree" "$1"/volumes/*/_data
}

mount_root new.img 3
describe mounted/balena >got
describe loaded/balena >want
diff want got || fail 'the engine would have written something else'
umount mounted loaded

# ---- into the root that runs -------------------------------------------------

cp --sparse=always old.img replaced.img
run 0 hup apply --replace new.docker replaced.img
judge replaced.img 2 new.docker 2
mount_root replaced.img 2
start_engine "$work/mounted/balena"
knows_it
gives_it_back replaced.img rootA
stays replaced.img 2
run 0 --json hup build replaced.img -o built.docker
equal "$(jq -r '.imageId, .layers[].diffId' out)" "$image_id
$diff_ids"

# ---- what no engine takes ----------------------------------------------------

# As test-updates-are-applied-as-the-device-would.sh has it refused.
bundle twice.docker 9.0.0 'files = {"opt/./twice": b"1", "opt/twice": b"2"}'
mount -o loop loaded.img loaded
start_engine "$work/loaded/balena"
! docker load -q -i twice.docker >log 2>&1 || fail 'the engine took it'
grep -q 'duplicates of file paths not supported' log || fail "$(cat log)"
