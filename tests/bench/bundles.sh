# bundles.sh - bench: update bundles of a folder, beside tar, gzip, sha256sum
# shellcheck shell=bash
#
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by bench.  The folder has 100 MiB of programs and libraries of this
# machine's.  A resinhup is compressed as tar | gzip -6 does it, by one thread
# beside the reader as there, and by two; a hostapp takes what tar and
# sha256sum take.  bench's rounds are for edits: here three are enough.
# shellcheck disable=SC2154 # the variables are bench's

make_tree() {
	local tree=$1 left=104857600 file size

	mkdir -p "$tree/etc" "$tree/resin-boot" "$tree/usr/lib"
	printf 'VERSION="%s"\n' "$2" >"$tree/etc/os-release"
	printf '{"slug":"raspberrypi3"}\n' >"$tree/resin-boot/device-type.json"
	while read -r size file; do
		[ "$left" -gt 0 ] || break
		cp -- "$file" "$tree/usr/lib/$left"
		left=$((left - size))
	done < <(find /usr/lib /usr/bin -type f -size -2M -printf '%s %p\n' \
		2>/dev/null | sort -k 2)
}

# bundle NAME COMMAND...: a line for interleave
bundle() {
	printf '%s\t' "$1"
	shift
	printf '\t%s' "$@"
	printf '\n'
}

bench_bundles() {
	local tree=$work/tree make="hup build $work/tree --force -o"

	say 'bundles'
	make_tree "$tree" 2.2.0
	cat >"$work/peer" <<-END
	tar --sort=name -C '$tree' -cf - . | gzip -6 >'$work/peer.tar.gz'
	END
	{
		bundle 'balimg, 1 thread' \
			"$tool -q $make $work/b.tar.gz --threads 1"
		bundle 'balimg, 2 threads' \
			"$tool -q $make $work/b.tar.gz --threads 2"
		bundle 'tar | gzip -6' "sh $work/peer"
	} | measure 'resinhup .tar.gz' 3
	printf 'VERSION="8.0.2"\n' >"$tree/etc/os-release"
	{
		bundle balimg "$tool -q $make $work/b.docker"
		bundle 'tar, sha256sum' \
			"tar --sort=name -C $tree -cf $work/peer.tar ." \
			"sha256sum $work/peer.tar"
	} | measure 'hostapp' 3
	rm -r -- "$tree" "$work"/b.* "$work"/peer*
}
