#!/bin/bash
# test-ssh-fingerprints.sh - we read the keys that ssh-keygen reads, alike
# SPDX-License-Identifier: Apache-2.0
#
# Keys of every type that can be made here, their certificates, OpenSSH's own
# test keys, and broken copies of all: size, fingerprint and comment are
# ssh-keygen's, and what it refuses we refuse.
set -eu

ask=$PWD/tests/lib/ask-document
real=${BALIMG_REAL:-${srcdir:-.}/../shared/real}
command -v ssh-keygen >/dev/null || {
	echo "no ssh-keygen"
	exit 77
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

# same FILE: both say the same of it, or both refuse
same() {
	if ! ssh-keygen -lf "$1" >theirs 2>theirs.err; then
		: >theirs
	fi
	sed -i 's/ ([A-Z0-9-]*)$//' theirs
	if ! "$ask" list-ssh "$1" >ours 2>ours.err; then
		: >ours
	fi
	cmp -s theirs ours && return
	echo "$1:"
	cat theirs theirs.err ours ours.err
	exit 1
}

# not_more FILE: what ssh-keygen refuses, we refuse
not_more() {
	"$ask" list-ssh "$1" >ours 2>/dev/null || return 0
	ssh-keygen -lf "$1" >/dev/null 2>&1 && return
	echo "accepted, though ssh-keygen refuses it:"
	cat "$1" ours
	exit 1
}

# sk TYPE FIELDS: a line with a key of a hardware token; none is at hand
sk() {
	# shellcheck disable=SC2059 # made of escapes
	blob=$(printf "$2" | base64 -w 0)
	printf '%s %s token\n' "$1" "$blob"
}

make() {
	name=$1
	shift
	ssh-keygen -q -N '' -C "me@$name #1" -f "$name" "$@"
}
make rsa1024 -t rsa -b 1024
make rsa3072 -t rsa -b 3072
make rsa4096 -t rsa -b 4096
make ec256 -t ecdsa -b 256
make ec384 -t ecdsa -b 384
make ec521 -t ecdsa -b 521
make ed -t ed25519
make dsa -t dsa 2>/dev/null || echo "this ssh-keygen makes no DSA keys"
sk sk-ssh-ed25519@openssh.com '\0\0\0\032sk-ssh-ed25519@openssh.com\0\0\0\040abcdefghijklmnopqrstuvwxyz012345\0\0\0\004ssh:' \
	>sk-ed.pub
for key in rsa1024 ec256 ec521 ed dsa; do
	[ -e "$key.pub" ] || continue
	cp "$key.pub" "user-$key.pub"
	ssh-keygen -q -s ed -I "id $key" -n me,you -V +1w -z 7 \
		-O force-command=/bin/true -O source-address=10.0.0.0/8 \
		"user-$key.pub"
	cp "$key.pub" "host-$key.pub"
	ssh-keygen -q -s rsa3072 -h -I host "host-$key.pub"
done

for key in ./*.pub; do
	same "$key"
	# The same with options before it, of the kinds there are.
	{
		printf 'no-pty,command="echo \\"a, b\\" c",from="10.*" '
		cat "$key"
	} >options
	sed -i 's/\\\\"/\\"/g' options
	same options
	# Without a comment, with blanks around, as Windows ends lines.
	awk '{ printf "\t %s %s\r\n", $1, $2 }' "$key" >bare
	same bare
done
cat ./*.pub >all
same all

# Private keys are known to ssh-keygen; we want none of them.
ssh-keygen -q -N '' -t ecdsa -m PEM -f pem
ssh-keygen -q -N secret -t ed25519 -f locked
{
	cat ed.pub
	cat ed
} >both
for key in ed rsa1024 pem locked both; do
	if "$ask" list-ssh "$key" >ours 2>ours.err ||
		! grep -q 'private key' ours.err; then
		echo "$key:"
		cat ours ours.err
		exit 1
	fi
done

# Other forms of public keys.
for form in RFC4716 PKCS8 PEM; do
	ssh-keygen -e -m "$form" -f rsa1024.pub >converted
	if "$ask" list-ssh converted >ours 2>ours.err; then
		cat ours
		exit 1
	fi
	grep -q 'RFC 4716\|PEM' ours.err
done

# Broken: a letter changed, letters lost or added, in every region.  Not so
# certificates, whose signature we leave to the server.
for key in ./*.pub; do
	case $key in
	*-cert.pub) continue ;;
	esac
	type=$(cut -d ' ' -f 1 "$key")
	blob=$(cut -d ' ' -f 2 "$key")
	length=${#blob}
	for at in 0 5 15 22 30 31 33 40 60 $((length / 2)) $((length - 3)); do
		[ "$at" -lt "$length" ] || continue
		echo "$type ${blob:0:at}Q${blob:at + 1}" >broken
		not_more broken
		echo "$type ${blob:0:at}${blob:at + 4}" >broken
		not_more broken
		echo "$type ${blob:0:at}AAAA${blob:at}" >broken
		not_more broken
	done
	echo "$type ${blob:0:length - 4}" >broken
	not_more broken
	echo "$type ${blob}AAAA" >broken
	not_more broken
	echo "ssh-foo $blob" >broken
	not_more broken
done

if [ ! -d "$real/docs/ssh" ]; then
	echo "no real keys in $real"
	exit 0
fi
find "$real/docs/ssh" -type f | while read -r key; do
	same "$key"
done
