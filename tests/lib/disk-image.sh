# disk-image.sh - what tests of disk images share; to be sourced
# shellcheck shell=bash
#
# SPDX-License-Identifier: Apache-2.0
#
# After cli.sh.  Skips where balimg was built without libnbd, or qemu-nbd is
# not there.
requires jq qemu-img qemu-nbd pgrep

mkdir scratch
export TMPDIR=${work:?}/scratch

qemu-img create -q -f qcow2 probe.qcow2 1M
"$BALIMG" info probe.qcow2 >/dev/null 2>probe.err </dev/null ||
	! grep -q 'module balimg-nbd' probe.err || skip 'built without libnbd'
rm probe.qcow2 probe.err

# convert FORMAT[,OPTION...] FROM TO: by qemu-img
convert() {
	local format=${1%%,*} options=${1#*,}
	[ "$options" != "$1" ] || options=''
	# shellcheck disable=SC2086 # two words, or none
	qemu-img convert -O "$format" ${options:+-o $options} "$2" "$3"
}

# servers: the qemu-nbd that have files of this test open
servers() {
	local pid
	for pid in $(pgrep -x qemu-nbd); do
		case $(readlink "/proc/$pid/fd/4") in
		"$work"/*) echo "$pid" ;;
		esac
	done
}

# tidy: in a moment at the latest, nothing is left but the files named
tidy() {
	local tries=0
	while [ -n "$(servers)$(ls -A scratch)" ]; do
		tries=$((tries + 1))
		[ $tries -lt 50 ] ||
			fail "left behind: $(servers) $(ls -A scratch)"
		sleep 0.1
	done
	[ -z "$(find . -maxdepth 1 -name '.?*')" ] || fail 'a file was left'
}

# The program itself, not the script of libtool's that starts it.
program=${BALIMG%/*}/.libs/${BALIMG##*/}
[ -x "$program" ] || program=$BALIMG
export LD_LIBRARY_PATH=${BALIMG%/*}/.libs
