#!/bin/bash
# test-new-files-inherit-default-acls.sh - in an ext volume as where the kernel
# makes them, by put and mkdir; a malformed list is refused
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires e2fsck debugfs mkfs.ext4 setfacl getfacl
[ "$(id -u)" = 0 ] || skip 'only root mounts'
trap 'umount "$work/mnt" 2>/dev/null || :; rm -rf "$work"' EXIT
umask 022
mkdir mnt
echo small >small
echo other >other

mounted() {
	mount -o "loop,acl$2" "$1" mnt 2>mount.log ||
		skip "no loop mounts: $(cat mount.log)"
}

sound() {
	e2fsck -fn "$1" >fsck.out 2>&1 || fail "$1: $(cat fsck.out)"
}

folders='named base narrow closed many group both none'

# lists: directories with all kinds of default lists
lists() {
	local number
	(
		cd mnt
		# shellcheck disable=SC2086 # several
		mkdir $folders
		setfacl -m d:u:1000:rwx,d:g:5:r-x named
		setfacl -m d:u::rwx,d:g::rwx,d:o::- base
		setfacl -m d:u:7:rwx,d:m::r narrow
		setfacl -m d:u::-,d:g::-,d:o::- closed
		for number in $(seq 20); do
			setfacl -m "d:u:$((number * 70000)):rw" many
		done
		chgrp 70000 group
		chmod 2775 group
		setfacl -m d:g:70000:rwx,d:o::- group
		setfacl -m u:9:rwx,d:u:9:x,d:u:10:rwx both
		for folder in $folders; do
			echo old >"$folder/old"
			setfacl -b -m u:3:rw "$folder/old"
		done
	)
}

# what is made, by whom
by_kernel() {
	local folder
	for folder in $folders; do
		cat small >"mnt/$folder/new"
		: >"mnt/$folder/empty"
		mkdir "mnt/$folder/sub" "mnt/$folder/sub/below"
		cat small >"mnt/$folder/sub/below/new"
		cat other >"mnt/$folder/old"
	done
}

by_us() {
	local folder
	: >empty
	for folder in $folders; do
		run 0 put small "x.img:0/$folder/new"
		run 0 put empty "x.img:0/$folder/empty"
		run 0 mkdir "x.img:0/$folder/sub"
		run 0 mkdir "x.img:0/$folder/sub/below"
		run 0 put small "x.img:0/$folder/sub/below/new"
		run 0 put other "x.img:0/$folder/old"
	done
}

# describe IMAGE LIST: what the kernel and debugfs find in it.  (Whether a
# content begins in its inode is another matter.)
describe() {
	mounted "$1" ,ro
	(cd mnt && find . ! -name lost+found | sort | xargs getfacl -n) >"$2"
	(cd mnt && find . ! -name lost+found | sort) >paths
	umount mnt
	sed 's/.*/ea_list "&"/' paths | debugfs -f - "$1" 2>/dev/null |
		grep -vE '^(Extended attributes:|  system.data )' >>"$2"
}

# try MKFS-OPTION...
try() {
	rm -f x.img
	mkfs.ext4 -q -F "$@" x.img 8M
	mounted x.img ''
	lists
	umount mnt
	cp x.img kernel.img
	mounted kernel.img ''
	by_kernel
	umount mnt
	by_us
	sound x.img
	describe kernel.img want
	describe x.img got
	diff want got || fail "mkfs.ext4 $*: not as the kernel does it"
	grep -q 'posix_acl_access' want || fail 'no lists at all'
	[ "$(grep -c '^# file' want)" = 57 ] || fail "$(cat want)"
}

try -b 4096
try -t ext3 -b 1024
try -t ext2 -b 1024 -I 128
try -b 1024 -O inline_data -I 512

# All lists come out of a tar file again.
requires tar
mkdir tree
if setfacl -m d:u:1:r tree 2>/dev/null; then
	run 0 tar x.img:0/ -o x.tar
	mkdir out.tree
	tar --xattrs --xattrs-include='*' -xpf x.tar -C out.tree
	mounted x.img ,ro
	for folder in $folders; do
		(cd mnt && getfacl -nR "$folder" | sort) >want
		(cd out.tree && getfacl -nR "$folder" | sort) >got
		diff want got || fail 'tar: other lists'
	done
	umount mnt
fi

# Lists that the kernel would not take: nothing is made beside them.  (An
# entry is a tag and permissions, of a user or group then an id.)
# bad NAME BYTE...
bad() {
	local name=$1
	shift
	# shellcheck disable=SC2059 # the bytes
	printf "$(printf '\\x%s' "$@")" >value
	debugfs -w -R "ea_set -r -f value $name system.posix_acl_default" \
		x.img >debugfs.out 2>&1
	debugfs -R "ea_list $name" x.img 2>&1 | grep -q "default ($#) = $*" ||
		fail "$name: $(cat debugfs.out)"
	cp x.img before.img
}

refused() {
	bad none "$@"
	run 3 put small x.img:0/none/refused
	err_has '/none/refused'
	err_has 'the directory: the access control list system.posix_acl_default is malformed'
	run 3 mkdir x.img:0/none/refused
	run 3 tar x.img:0/none -o none.tar
	cmp x.img before.img
	run 0 put other x.img:0/none/old
	cmp x.img before.img
	run 0 ls x.img:0/none
}

head='01 00 00 00'
user='01 00 07 00'
group='04 00 05 00'
mask='10 00 07 00'
others='20 00 05 00'
named='02 00 07 00 e8 03 00 00'
# shellcheck disable=SC2086 # several bytes
{
	refused 01 00
	refused 02 00 00 00 $user $group $others
	refused $head $user
	refused $head $user $group
	refused $head $user $group $others 00
	refused $head $user $group $others 40 00 07 00
	refused $head $user $group $others $others
	refused $head $group $user $others
	refused $head $user $named $group $others
	refused $head $user $named $group $mask $others 02 00 07 00
	refused $head $user $group $mask $named $others
	refused $head 01 00 0f 00 $group $others
	refused $head 03 00 07 00 $group $others
	refused $head $user $group $mask 02 00 07 00 e8 03
	# One without entries is none.
	bad none $head
}
run 0 put small x.img:0/none/plain
run 0 ls --json x.img:0/none/plain
out_has '"mode":"0644"'
sound x.img

# A file system without attributes has none to inherit, or to be archived.
mkfs.ext4 -q -F -O ^ext_attr plain.img 8M
run 0 mkdir plain.img:0/folder
run 0 put small plain.img:0/folder/new
run 0 tar plain.img:0/ -o plain.tar
tar -tf plain.tar | grep -q folder/new
sound plain.img
