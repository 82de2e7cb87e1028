# ext.sh - files of ext volumes, beside others; sourced by bench
# shellcheck shell=bash
#
# SPDX-License-Identifier: Apache-2.0
#
# One file of a root: opening it and all; beside debugfs.  All of 8,000 files
# with extended attributes, and 64 MiB in some of them: visited, beside
# libext2fs alone; made a tar file, beside what guestfish's tar-out takes once
# its machine is up.
# shellcheck disable=SC2154 # the variables are bench's

# many_files IMAGE: a disk with one ext4 partition, and that alone at IMAGE.fs
many_files() {
	local folder=$work/tree i

	mkdir "$folder"
	for i in $(seq 0 79); do
		mkdir "$folder/folder-$i"
		(cd "$folder/folder-$i" && echo content | tee file-{1..100} \
			>/dev/null)
	done
	for i in $(seq 0 7); do
		head -c 8M /dev/urandom >"$folder/folder-$i/large"
	done
	find "$folder" -type f -exec setfattr -n user.origin -v bench {} +
	truncate -s 256M "$1.fs"
	mkfs.ext4 -q -d "$folder" "$1.fs"
	truncate -s 258M "$1"
	echo 'start=2048, size=524288, type=83' | sfdisk -q "$1"
	dd if="$1.fs" of="$1" bs=1M seek=1 conv=notrunc,sparse status=none
	rm -r "$folder"
}

# tar_out IMAGE: how many milliseconds, the launch of the machine not counted
tar_out() {
	guestfish --ro -a "$1" <<-END
	run
	mount-ro /dev/sda1 /
	!date +%s%N >$work/begin
	tar-out / $work/out.tar
	!date +%s%N >$work/end
	END
	echo $((($(cat "$work/end") - $(cat "$work/begin")) / 1000000))
}

# bench_ext: the part
bench_ext() {
	local image=$work/root.img file=etc/os-release offset times

	echo "dump /$file $work/dumped" >"$work/dump"

	say 'ext4, one file'
	"$tests/lib/make-image.sh" rpi3-2.2 "$image"
	offset=$(($(partition_start "$image" 2) * 512))
	# shellcheck disable=SC2046 # three words
	count_traffic "cat, ext4" $("$tests/lib/io-count" "$image" env \
		"LD_LIBRARY_PATH=$build/.libs" "$build/.libs/balimg" cat \
		"$image:rootA/$file" 2>"$work/seen")
	printf '%s\t\t%s\n' \
		'balimg cat' "$tool cat $image:rootA/$file" \
		'debugfs dump' "debugfs -f $work/dump $image?offset=$offset" |
		measure 'ext4, one file' "$rounds"
	rm -- "$image"

	say 'ext4, many files'
	many_files "$image"
	printf '%s\t\t%s\n' \
		'balimg walk' "$build/tests/bench/walk balimg $image.fs" \
		'libext2fs walk' "$build/tests/bench/walk libext2fs $image.fs" |
		measure 'ext4, many files' "$rounds"
	printf '%s\t\t%s\n' \
		'balimg tar' "$tool tar $image:1/ -o $work/out.tar --force" |
		measure 'ext4, many files' 5
	$have_guestfish || return 0
	times=$(for _ in 1 2 3; do tar_out "$image"; done | sort -n | tr '\n' ' ')
	# shellcheck disable=SC2086 # three numbers
	set -- $times
	printf '%s\t%s\t%s\t%s\t%s\t0\n' 'guestfish tar-out' \
		'ext4, many files' "$2" "$1" "$3" >>"$results"
}
