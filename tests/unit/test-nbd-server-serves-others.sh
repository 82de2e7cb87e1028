#!/bin/bash
# What qemu and libnbd read and write through our NBD server is what is there.
#
# SPDX-License-Identifier: Apache-2.0
set -eu
for program in nbdinfo nbdcopy qemu-io jq; do
	command -v $program >/dev/null || {
		echo "skipped: no $program here"
		exit 77
	}
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
serve=$PWD/tests/lib/serve-nbd
cd "$work"
uri="nbd+unix:///?socket=$work/socket"

fail() {
	echo "$*" >&2
	exit 1
}

# serve FILE [OUT]: in the background, until unserve
serve() {
	coproc server { "$serve" "$1" socket ${2:+"$2"}; }
	read -r line <&"${server[0]}"
	[ "$line" = ready ] || fail "got: $line"
	# shellcheck disable=SC2154 # set by coproc
	pid=$server_PID
	exec 3<&"${server[0]}" 4>&"${server[1]}"
}

unserve() {
	exec 4>&-
	eval "exec ${server[1]}>&-"
	epochs=$(cat <&3)
	wait "$pid" || fail "the server failed: $?"
	[ ! -e socket ] || fail 'the socket is left behind'
}

# An odd size: the last sector is short.
head -c $((9 * 1024 * 1024 + 300)) /dev/urandom >image
cp image expected
cp image original

serve image
nbdinfo --json "$uri" >info
[ "$(jq '.exports[0]."export-size"' info)" = $((9 * 1024 * 1024 + 300)) ]
[ "$(jq '.exports[0].is_read_only' info)" = true ]
nbdinfo --list "$uri" | grep -q '^export=""' || fail 'not listed'
nbdcopy "$uri" copy
cmp image copy
! qemu-io -f raw -c 'write 0 512' "nbd+unix:///?socket=$work/socket" \
	>/dev/null 2>&1 || fail 'wrote what is read only'
unserve

serve image out
for what in flush fua trim zero; do
	nbdinfo --can $what "$uri" || fail "does not offer $what"
done
qemu-io -f raw -c 'write -P 0x5a 4096 70000' -c 'write -f -P 0x17 1001 3' \
	-c 'write -z 200000 3000000' -c 'write -zu 5000000 512' -c flush \
	-c 'discard 65536 65536' -c 'read -P 0x5a 5000 1000' \
	-c 'write -P 0x33 9437184 300' "$uri" >said.txt 2>&1 || fail "$(cat said.txt)"
qemu-io -f raw -c 'write -P 0x5a 4096 70000' -c 'write -P 0x17 1001 3' \
	-c 'write -z 200000 3000000' -c 'write -z 5000000 512' \
	-c 'write -P 0x33 9437184 300' expected >said.txt 2>&1 ||
	fail "$(cat said.txt)"
nbdcopy "$uri" copy
cmp expected copy
unserve
cmp expected out
cmp image original
[ "$epochs" = 1 ] || fail "$epochs epochs, not one"

# A whole disk, in many requests at once.
head -c $((9 * 1024 * 1024 + 300)) /dev/urandom >other
serve image out
nbdcopy --connections=1 --requests=16 other "$uri"
unserve
cmp other out
