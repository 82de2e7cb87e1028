# hostapp.sh - the layers of a sample image's hostapp; to be sourced
# shellcheck shell=bash
#
# SPDX-License-Identifier: Apache-2.0
#
# Beside cli.sh, whose in_ext and change_ext look into the image by debugfs.
# shellcheck disable=SC2034 # who sources this uses the variables

# ids FILE FOLDER: the names of the engine's that are in it
ids() {
	in_ext "$1" 2 "ls -p $2" | cut -d / -f 6 | grep -E '^[0-9a-f]{64}$'
}

# layers FILE DRIVER [STORE]: where things are in its second partition:
# $hostapp, $volume (what is at /boot), $own (the container's layer), $base
# (the image's, below it), and $lower, the list of what is below $own
layers() {
	local id top=${3:-/balena}
	id=$(ids "$1" /hostapps)
	hostapp=/hostapps/$id
	volume=$top/volumes/$(ids "$1" "$top/volumes")/_data
	own=$(in_ext "$1" 2 "cat $top/image/$2/layerdb/mounts/$id/mount-id")
	case $2 in
	overlay2)
		lower=$top/overlay2/$own/lower
		base=$(ids "$1" "$top/overlay2" | grep -v "$own")
		base=$top/overlay2/$base/diff own=$top/overlay2/$own/diff
		;;
	aufs)
		lower=$top/aufs/layers/$own
		base=$top/aufs/diff/$(in_ext "$1" 2 "cat $lower")
		own=$top/aufs/diff/$own
		;;
	esac
}
