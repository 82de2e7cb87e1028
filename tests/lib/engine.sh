# engine.sh - a container engine on a store of ours; to be sourced
# shellcheck shell=bash
#
# SPDX-License-Identifier: Apache-2.0
#
# Beside cli.sh.  Docker's engine, of which balena's is a fork, runs as root on
# a store in a loop-mounted root file system, without network, bridge or
# firewall rules.  Whatever happens, it ends with the test, and so do its
# mounts.
# shellcheck disable=SC2154 # work is cli.sh's
# shellcheck disable=SC2034 # who sources this uses the variables

engine_dir=''
engine_pid=''

# needs_engine: skip the test where none can run
needs_engine() {
	[ "$(id -u)" = 0 ] || skip 'not root'
	requires dockerd docker containerd losetup jq
	grep -qw overlay /proc/filesystems || modprobe -q overlay 2>/dev/null ||
		skip 'no overlay file system in this kernel'
	# Sockets want short paths.
	engine_dir=$(mktemp -d /tmp/engine.XXXXXX)
	export DOCKER_HOST="unix://$engine_dir/sock"
	export DOCKER_CONFIG="$engine_dir/config"
	# Engines before version 25 leave a key there.
	engine_key=''
	[ -e /etc/docker ] || engine_key=/etc/docker
	printf '{"features":{"containerd-snapshotter":false}}\n' \
		>"$engine_dir/daemon.json"
}

# mount_root FILE NUMBER: the file system in that partition, at mounted/
mount_root() {
	local size
	size=$(partition "$1" "$2" size)
	mkdir -p mounted
	mount -o "loop,offset=$(part_offset "$1" "$2"),sizelimit=$((size * 512))" \
		"$1" mounted 2>mount.log || skip "no loop mounts: $(cat mount.log)"
}

# try_engine FOLDER: begin; 1 if it ends, or says nothing for half a minute
try_engine() {
	local tries
	dockerd --config-file "$engine_dir/daemon.json" --data-root "$1" \
		--exec-root "$engine_dir/exec" --pidfile "$engine_dir/pid" \
		-H "$DOCKER_HOST" --bridge=none --iptables=false \
		--ip6tables=false --ip-forward=false --ip-masq=false \
		--add-runtime bare=runc --storage-driver overlay2 \
		>engine.log 2>&1 &
	engine_pid=$!
	for ((tries = 0; tries < 300; tries++)); do
		docker info >engine.info 2>&1 && return
		kill -0 $engine_pid 2>/dev/null || return
		sleep 0.1
	done
	return 1
}

# start_engine FOLDER: on the store in it
start_engine() {
	try_engine "$1" || {
		stop_engine
		skip "the engine does not start: $(tail -n 1 engine.log)"
	}
	grep -q 'Storage Driver: overlay2' engine.info ||
		skip 'the engine has no overlay2'
}

# stop_engine: it has 20 seconds
stop_engine() {
	local tries
	[ -n "$engine_pid" ] || return 0
	kill "$engine_pid" 2>/dev/null || :
	for ((tries = 0; tries < 200; tries++)); do
		kill -0 "$engine_pid" 2>/dev/null || break
		sleep 0.1
	done
	kill -KILL "$engine_pid" 2>/dev/null || :
	wait "$engine_pid" 2>/dev/null || :
	engine_pid=''
}

# tidy_engine FOLDER: what the engine makes in any store, and no hostapp has
tidy_engine() {
	local name
	for name in buildkit containerd network plugins runtimes swarm tmp \
		trust volumes/metadata.db volumes/backingFsBlockDev \
		engine-id image/overlay2/distribution; do
		rm -rf "${1:?}/$name"
	done
}

# ---- bundles ----------------------------------------------------------------

# For make-hostapp: layers with all that layers do to each other.
odd_layers='
capability = {"SCHILY.xattr.security.capability":
    "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00"}
link = tarfile.LNKTYPE
upper = [("bin/", None), ("bin/.wh.sh", b""), ("etc/new", b"n"),
    ("usr/many/.wh..wh..opq", b""), ("usr/many/only", b"1"),
    ("usr/.wh.fast", b""), ("usr/fifo/", None, {"mode": 0o1777}),
    ("usr/fifo/in", b"in"),
    ("usr/empty", None, {"kind": tarfile.SYMTYPE, "linkname": "hole"}),
    ("usr/first", b"f" * 9000, {"mode": 0o6755, "uid": 7, "gid": 8,
        "pax": capability}),
    ("usr/second", None, {"kind": link, "linkname": "usr/first",
        "mode": 0o6755, "uid": 7, "gid": 8, "pax": capability}),
    ("usr/hole", b"\0" * 70000),
    ("usr/alone", b"a", {"pax": capability})]
more = [[("usr/many/", None, {"mode": 0o711, "uid": 5, "gid": 6}),
    ("usr/many/.wh.only", b""), ("usr/many/file number 7", b"back"),
    ("usr/.wh." + "n" * 120, b""), ("usr/fast", b"a file"),
    ("usr/.wh.first", b"")],
    [("./", None, {"mode": 0o700, "uid": 9}),
    ("usr/owned", b"", {"uid": 1, "mode": 0}),
    ("opt/deep/er", None, {"kind": tarfile.SYMTYPE, "linkname": "..",
        "mode": 0o700})]]'

# member BUNDLE FILTER: of its manifest's only image
member() {
	tar -xOf "$1" manifest.json | jq -r ".[0] | $2"
}

# know_bundle BUNDLE: its $image_id and $diff_ids
know_bundle() {
	local config
	config=$(member "$1" .Config)
	diff_ids=$(tar -xOf "$1" "$config" | jq -r '.rootfs.diff_ids[]')
	image_id=sha256:$(tar -xOf "$1" "$config" | sha256sum | cut -c-64)
}

# layer_sums BUNDLE: of the tar files that its layers are
layer_sums() {
	local path
	member "$1" '.Layers[]' | while read -r path; do
		tar -xOf "$1" "$path" | sha256sum | sed 's/^/sha256:/; s/ .*//'
	done
}

# ---- the end ----------------------------------------------------------------

# What an exit leaves behind: nothing.
end_engine() {
	local pid
	stop_engine
	# Its daemon goes with it, unless it was killed.
	if pid=$(cat "$engine_dir/exec/containerd/containerd.pid" 2>/dev/null)
	then
		kill -KILL "$pid" 2>/dev/null || :
	fi
	awk '{ print $2 }' /proc/self/mounts |
		grep -E "^($work|${engine_dir:-$work})/" | sort -r |
		while read -r pid; do
			umount "$pid" || umount -l "$pid"
		done
	rm -rf "$work" ${engine_dir:+"$engine_dir"} \
		${engine_key:+"$engine_key"}
}
trap end_engine EXIT
