# bundles.sh - bench: update bundles of a folder, beside tar, gzip, sha256sum
# shellcheck shell=bash
#
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by bench.  The folder has 100 MiB of programs and libraries of this
# machine's.  A resinhup is compressed as tar | gzip -6 does it, by one thread
# beside the reader as there, and by two; a hostapp takes what tar and
# sha256sum take.  Verifying is beside what only hashes or only decompresses
# the bundle, unpacking beside bsdtar and the tree's plain tar.  bench's rounds
# are for edits: here three are enough, but for what writes many files.
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
	afresh "$1" '' "${@:2}"
}

# afresh NAME PREPARATION COMMAND...: the same after what is not timed
afresh() {
	printf '%s\t%s' "$1" "$2"
	shift 2
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
	echo "gzip -dc '$work/b.tar.gz' >/dev/null" >"$work/peer-gunzip"
	cat >"$work/peer-folder" <<-END
	rm -rf '$work/peer-unpacked' && mkdir '$work/peer-unpacked'
	END
	{
		bundle 'balimg, 1 thread' \
			"$tool -q $make $work/b.tar.gz --threads 1"
		bundle 'balimg, 2 threads' \
			"$tool -q $make $work/b.tar.gz --threads 2"
		bundle 'tar | gzip -6' "sh $work/peer"
	} | measure 'resinhup .tar.gz' 3
	{
		bundle balimg "$tool -q hup verify $work/b.tar.gz"
		bundle 'gzip -dc' "sh $work/peer-gunzip"
	} | measure 'verify .tar.gz' 3
	printf 'VERSION="8.0.2"\n' >"$tree/etc/os-release"
	{
		bundle balimg "$tool -q $make $work/b.docker"
		bundle 'tar, sha256sum' \
			"tar --sort=name -C $tree -cf $work/peer.tar ." \
			"sha256sum $work/peer.tar"
	} | measure 'hostapp' 3
	{
		bundle balimg "$tool -q hup verify $work/b.docker"
		bundle sha256sum "sha256sum $work/b.docker"
	} | measure 'verify hostapp' 3
	{
		afresh balimg "rm -rf $work/unpacked" \
			"$tool -q hup unpack $work/b.docker -C $work/unpacked"
		afresh bsdtar "sh $work/peer-folder" \
			"bsdtar -xpf $work/peer.tar -C $work/peer-unpacked"
	} | measure 'unpack hostapp' 15
	rm -r -- "$tree" "$work"/b.* "$work"/peer* "$work/unpacked"
}
