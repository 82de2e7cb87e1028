#!/bin/bash
# test-running-out-of-memory-does-no-harm.sh - each allocation fails in turn
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires mcopy sfdisk

echo "ssh-ed25519 \
AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me" >key
# try KIND [JOB...]
try() {
	echo "$1:"
	"$srcdir/tests/lib/make-image.sh" "$1" image.img 256M
	shift
	rm -f no-memory.bundle
	"$BALIMG" hup build image.img -o no-memory.bundle >out 2>err || :
	"${BALIMG%/*}/tests/lib/no-memory" image.img \
		"$srcdir/tests/lib/sample-splash.png" key "$@"
}

try rpi4
try generic info 'config set'
# The bundles of either kind: rpi4 is updated by a hostapp.
try resin1 'hup build' 'hup verify' 'hup match' 'hup unpack' 'hup diff' \
	'hup apply'
