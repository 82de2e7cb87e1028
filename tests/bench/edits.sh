# edits.sh - an edit of the boot partition, beside others; sourced by bench
# shellcheck shell=bash
#
# SPDX-License-Identifier: Apache-2.0
#
# The edit is the host name in config.json, on images of 256 MiB, 1 GiB and
# 8 GiB (sparse), FAT16 and FAT32.  Beside balimg: mtools (config.json out and
# in again), balena-image-fs 7 (if npm can install it), guestfish (if
# installed).  Every run begins with the same image.  "no sync" has fsync() do
# nothing, since mtools never calls it; "synced" gives mtools as many syncs as
# balimg makes.
# shellcheck disable=SC2154 # the variables are bench's

# edit NAME COMMAND...: a subject, from the same image again
edit() {
	local name=$1

	shift
	printf '%s\tmcopy -o -i %s %s ::config.json' "$name" \
		"$image@@$offset" "$work/before.json"
	printf '\t%s' "$@"
	printf '\n'
}

# traffic: balimg's bytes and syncs for the edit, as "READ WRITTEN SYNCS"
traffic() {
	mcopy -o -i "$image@@$offset" "$work/before.json" ::config.json
	"$tests/lib/io-count" "$image" env "LD_LIBRARY_PATH=$build/.libs" \
		"$build/.libs/balimg" -q config set "$image" hostname=bench
}

balena_image_fs() {
	command -v npm >/dev/null || return 1
	[ -d "$npm/node_modules/balena-image-fs" ] ||
		npm install --silent --prefix "$npm" balena-image-fs@7 \
			>/dev/null 2>&1 </dev/null || return 1
	cat >"$work/edit.js" <<-END
	const { interact } = require('$npm/node_modules/balena-image-fs');
	const { promisify } = require('util');
	interact(process.argv[2], 1, async (fs) => {
	  const read = promisify(fs.readFile), write = promisify(fs.writeFile);
	  const config = JSON.parse(await read('/config.json',
	    { encoding: 'utf8', flag: 'r' }));
	  config.hostname = 'bench';
	  await write('/config.json', JSON.stringify(config));
	});
	END
}

# edits SYNCS: all of them, for $image
edits() {
	local in="mcopy -o -i $image@@$offset $work/after.json ::config.json"
	local out="mcopy -o -i $image@@$offset ::config.json $work/out.json"
	local edit="config set $image hostname=bench"

	edit 'balimg, no sync' "$no_sync $tool $edit"
	edit 'mtools, no sync' "$out" "$in"
	edit 'balimg, synced' "$tool $edit"
	edit 'mtools, synced' "$out" "$in" \
		"$build/tests/bench/sync $image $1"
	! $have_node || edit 'balena-image-fs' "node $work/edit.js $image"
}

# bench_image KIND FAT SIZE
bench_image() {
	image=$work/$1.img
	say "$2, $3"
	"$tests/lib/make-image.sh" "$1" "$image" "$3"
	offset=$(($(partition_start "$image" 1) * 512))
	mcopy -o -i "$image@@$offset" ::config.json "$work/before.json"
	sed 's/{/{ "hostname": "bench",/' "$work/before.json" \
		>"$work/after.json"
	read -r reads writes syncs < <(traffic)
	count_traffic "config set, $2 $3" "$reads" "$writes" "$syncs"
	edits "$syncs" | measure "$2 $3" "$rounds"
	[ "$3" != 1G ] || ! $have_guestfish ||
		edit guestfish "guestfish -a $image -m /dev/sda1 upload \
$work/after.json /config.json" | measure "$2 $3" 3
	rm -- "$image"
}

# bench_edits: the part
bench_edits() {
	local size

	have_node=false
	if balena_image_fs; then
		have_node=true
	else
		say 'without balena-image-fs: npm could not install it'
	fi
	printf 'balimg --version\t\t%s --version\n' "$tool" | measure - 101
	for size in 256M 1G 8G; do
		bench_image rpi3 FAT16 $size
		bench_image rpi4 FAT32 $size
	done
}
