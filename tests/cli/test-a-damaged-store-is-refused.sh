#!/bin/bash
# test-a-damaged-store-is-refused.sh - a hostapp whose store leads nowhere, in
# circles, or out of itself is neither shown nor edited
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
# shellcheck source=tests/lib/hostapp.sh
. "$srcdir/tests/lib/hostapp.sh"
requires jq debugfs mkfs.ext4

# damage TITLE [STATUS]: carry out the commands on standard input, and look
damage() {
	local got=0
	cp good.img x.img
	change_ext x.img 2
	timeout 10 "$BALIMG" put hello x.img:rootA/etc/hello >out 2>err || got=$?
	[ "$got" = "${2:-3}" ] || fail "$1: status $got: $(cat out err)"
}

# Text that takes the place of file $1 of the root, in the file "text"
replace() {
	printf 'cd %s\nrm %s\nwrite text %s\n' "${1%/*}/" "${1##*/}" "${1##*/}"
}

echo hello >hello
for kind in rpi4 rpi3-2.29; do
	image $kind good.img 144M
	driver=overlay2
	[ $kind = rpi4 ] || driver=aufs
	layers good.img $driver
	store=$(echo "$own" | cut -d / -f 1-2)
	id=${hostapp##*/}
	settings=$store/containers/$id/config.v2.json

	for target in elsewhere ../../.. hostapps/short \
		"hostapps/${id%?}g" "hostapps/${id/[0-9a-f]/0}x" \
		"hostapps/$(echo "$id" | tr 0-9a-f a-f0-9)"; do
		damage "current: $target" <<-END
		rm current
		symlink current $target
		END
	done
	for text in '' '{' '[]' '{"Driver":5}' '{"Driver":"btrfs"}' \
		'{"Driver":"../../x"}'; do
		printf '%s' "$text" >text
		damage "settings: $text" <<-END
		$(replace "$settings")
		END
	done
	damage 'no settings' <<<"rm $settings"
	for text in '' ../../.. short "${id%?}/"; do
		printf '%s' "$text" >text
		damage "mount-id: $text" <<-END
		$(replace "$store/image/$driver/layerdb/mounts/$id/mount-id")
		END
	done
	damage 'a layer is no directory' <<-END
	unlink $base
	symlink $base /etc/machine-id
	END
	case $driver in
	overlay2)
		link=l/AAAAAAAAAAAAAAAAAAAAAAAAA2
		for text in l l/ "l/../$id" "$link:$link" ":$link" \
			"${link}x" "l/CCCCCCCCCCCCCCCCCCCCCCCCC4"; do
			printf '%s' "$text" >text
			damage "lower: $text" \
				"$([ "${text#l/C}" = "$text" ] && echo 3 || echo 4)" \
				<<<"$(replace "$lower")"
		done
		seq -f 'l/AAAAAAAAAAAAAAAAAAAAA%05g' -s : 22222 33333 |
			tr 0189 2222 >text
		damage 'thousands of layers' <<<"$(replace "$lower")"
		for target in ../../.. "../$id" "../$id/diff/.." /etc diff \
			"$link"; do
			damage "link: $target" <<-END
			unlink $store/overlay2/$link
			symlink $store/overlay2/$link $target
			END
		done
		;;
	aufs)
		for text in x ../../../x "$id$id" "/$id"; do
			echo "$text" >text
			damage "layers: $text" <<<"$(replace "$lower")"
		done
		in_ext good.img 2 "cat $lower" >text
		in_ext good.img 2 "cat $lower" >>text
		damage 'a layer twice' <<<"$(replace "$lower")"
		;;
	esac

	# What is stored can still be looked at, and the image be told of.
	run 3 ls x.img:rootA/etc
	err_has 'hint: '
	run 0 ls x.img:rootA//etc
	run 0 info x.img
done

# Links within the system that lead in circles.
cp good.img x.img
{
	echo "cd $base"
	printf 'symlink chain%d chain%d\n' 1 2 2 3 3 1
	echo 'symlink deep deep/deep/deep'
} | change_ext x.img 2
for path in chain1 deep deep/x; do
	run 3 cat "x.img:rootA/$path"
	run 3 put hello "x.img:rootA/$path"
	err_has 'symbolic links'
done
run 0 rm x.img:rootA/chain1
