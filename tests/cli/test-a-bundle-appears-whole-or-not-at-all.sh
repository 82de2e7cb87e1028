#!/bin/bash
# test-a-bundle-appears-whole-or-not-at-all.sh - made of a folder or a tar
# file, the same from both; interrupted, nothing is left
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq tar python3 strace skopeo

mkdir -p root/etc/empty root/bin root/opt/dir
printf 'VERSION="8.0.2"\n' >root/etc/os-release
head -c 3000000 /dev/urandom >root/bin/tool
ln root/bin/tool root/bin/other
ln -s ../bin root/opt/link
mkfifo root/opt/pipe
export SOURCE_DATE_EPOCH=1500000000

run 0 --json hup build root -o folder.docker ||
	skip 'built without libarchive'
jq -e '.format == "hostapp" and (.layers | length) == 1' out >jq.out ||
	fail "$(cat out)"
run 0 hup verify folder.docker
skopeo inspect --config docker-archive:folder.docker >config
equal "$(jq -r '.os + " " + .created' config)" 'linux 2017-07-14T02:40:00Z'

# A tar file of it makes the same layer, in whatever order.
tar -C root --sort=name -czf root.tar.gz .
run 0 hup build root.tar.gz -o tar.docker
cmp folder.docker tar.docker
run 0 hup build root -o with.docker --with opt/dir/new=root/etc/os-release
tar -xOf with.docker "$(tar -xOf with.docker manifest.json |
	jq -r '.[0].Layers[0]')" >layer.tar
tar -xOf layer.tar ./opt/dir/new | cmp - root/etc/os-release
equal "$(tar -tf layer.tar | grep -c '^\./opt/dir/$')" 1

# Whose files they are is worth a word, unless they are root's.
cp -r root owned
[ "$(id -u)" != 0 ] || chown 1000 owned
run 0 hup build owned -o owned.docker
err_has 'owned: belongs to user'

# Who may read what it was made of may read it, where the umask lets them; one
# that it replaces stays as readable as it was.
chmod 777 root
for mask in 022 077; do
	rm -f mode.docker
	(umask $mask && run 0 hup build root -o mode.docker)
	equal "$(stat -c %a mode.docker)" "$(printf %o $((0666 & ~mask)))"
done
chmod 640 mode.docker
run 0 hup build root -o mode.docker --force
equal "$(stat -c %a mode.docker)" 640

# What cannot be in a bundle, or is none.
run 5 hup build root -o bad.docker --with opt/link/x=config
err_has 'opt/link is no directory'
run 5 hup build root -o bad.docker --with opt/.wh.x=config
run 3 hup build folder.docker -o bad.docker
err_has 'docker archive already'
rm root/etc/os-release
run 4 hup build root -o bad.docker
run 4 hup build absent -o bad.docker
[ ! -e bad.docker ] || fail 'half a bundle'

# Interrupted wherever it writes.
export ASAN_OPTIONS="detect_leaks=0:${ASAN_OPTIONS-}"
strace -o /dev/null true 2>/dev/null || skip 'no process can be traced here'
stopped=0
for when in 1 3 6 9 12; do
	rm -f cut.docker
	status=0
	env --default-signal=INT strace -f -o trace -e trace=write \
		-e inject=write:signal=INT:when=$when \
		"$BALIMG" hup build root.tar.gz -o cut.docker >out 2>err \
		</dev/null || status=$?
	if [ "$status" = 130 ]; then
		stopped=$((stopped + 1))
		[ ! -e cut.docker ] || fail 'half a bundle'
	else
		equal "$status" 0
		cmp cut.docker tar.docker
	fi
done
[ "$stopped" -gt 0 ] || fail 'it was never stopped'
[ -z "$(find . -name '.balimg*')" ] || fail 'a scratch file was left'
