#!/bin/bash
# test-customize-development.sh - development mode, in each era of the OS
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/customize.sh
. "${srcdir:-.}/tests/lib/customize.sh"

status() { # ENABLED ERA
	look dev | jq -e --argjson enabled "$1" --arg era "$2" \
		'.enabled == $enabled and .era == $era and .reason' \
		>/dev/null || die "not $1, $2"
}

for kind in rpi4 generic flasher; do
	make $kind
	file /config.json >"$work/before"
	status false config
	changes_nothing dev-off
	edit dev-on
	config .developmentMode true
	status true config
	changes_nothing dev-on
	edit dev-off
	file /config.json | cmp - "$work/before" || die "$kind: leaves a trace"
done

# The device compares text.
make rpi4
edit set-json developmentMode '"true"'
status true config
changes_nothing dev-on
edit dev-off
config .developmentMode null

# That an empty list of keys locks out is told as strongly as it is meant.
edit set-json os.sshKeys '[]'
said '"severity":"note"'
edit unset os.sshKeys
edit set-json os.sshKeys '[]' set developmentMode true
said '"severity":"warning","where":"resin-boot:/config.json: os.sshKeys"'
edit unset os.sshKeys dev-off

make rpi3
status false build
changes_nothing dev-off
edit dev-on
status true build
edit dev-off
status false build
make rpi3-dev
status true build

# Who knows the version may say so.
make rpi4
printf 'NAME="balenaOS"\n' >"$work/os-release"
mcopy -o -i "$boot" "$work/os-release" ::/os-release
look dev | jq -e '.era == "unknown"' >/dev/null || die "knows the version"
fails refused dev-on
said '--force'
force dev-on
config .developmentMode true
