# fault.sh - sourced: run programs that are stopped, failed or recorded
#
# SPDX-License-Identifier: Apache-2.0
#
# Tests run in the build folder.  This makes a folder of the test's own, goes
# there, and removes it at the end.
# shellcheck shell=sh
build=$(pwd)
work=$(mktemp -d "$build/fault-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1

# shellcheck disable=SC2034 # for those who source this
commit_once=$build/tests/lib/commit-once
# shellcheck disable=SC2034
power_cut=$build/tests/lib/power-cut
fault_library=$build/tests/lib/.libs/fault.so
export XDG_STATE_HOME="$work/state"

fail() {
	echo "$*" >&2
	[ ! -s stderr ] || sed 's/^/stderr: /' stderr >&2
	exit 1
}

skip() {
	echo "skipped: $*"
	exit 77
}

# requires PROGRAM...
requires() {
	for program; do
		command -v "$program" >/dev/null || skip "no $program here"
	done
}

# only_plain: for what takes too long under a sanitizer
only_plain() {
	[ -z "${SANITIZED:-}" ] ||
		skip 'the plain build runs this; a sanitizer is too slow'
}

# find_tool: $balimg is the tool itself, past the wrapper that libtool makes,
# which takes longer than the tool
find_tool() {
	balimg=$build/.libs/balimg
	[ -x "$balimg" ] || balimg=$build/balimg
	export LD_LIBRARY_PATH="$build/.libs"
}

# faulty NAME=VALUE... -- COMMAND...: run COMMAND with BALIMG_FAULT_NAME=VALUE
# in its environment, its standard error going to the file stderr; its exit
# status, 137 if it was killed.
#
# libtool's wrapper scripts must not be what is stopped, and a sanitizer's
# library cannot be loaded before ours.
faulty() (
	while [ "$1" != -- ]; do
		export "BALIMG_FAULT_$1"
		shift
	done
	shift
	program=${1%/*}/.libs/${1##*/}
	[ -x "$program" ] || program=$1
	shift
	LD_LIBRARY_PATH=$build/.libs LD_PRELOAD=$fault_library \
		ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0:${ASAN_OPTIONS-}" \
		exec "$program" "$@"
) 2>stderr
