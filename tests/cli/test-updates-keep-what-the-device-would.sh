#!/bin/bash
# test-updates-keep-what-the-device-would.sh - files of the old root, settings,
# and what the new system has to find beside it
#
# SPDX-License-Identifier: Apache-2.0
#
# What is asked for is what resinhup's updaters and meta-balena's hooks say;
# debugfs, e2fsck, mtools and jq say what is there.
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires python3 debugfs e2fsck mke2fs jq tar
# shellcheck source=tests/lib/update.sh
. "$srcdir/tests/lib/update.sh"
export SOURCE_DATE_EPOCH=1700000000
servers='{"apiEndpoint":"https://api.resin.io",
	"deltaEndpoint":"https://delta.resin.io","listenPort":"48484",
	"pubnubPublishKey":"pub-c-6cbce8db-bfd1-4fdf-a8c8-53671ae2b226",
	"pubnubSubscribeKey":"sub-c-bbc12eba-ce4a-11e3-9782-02ee2ddab7fe",
	"registryEndpoint":"registry.resin.io","vpnEndpoint":"vpn.resin.io",
	"vpnPort":"443"}'

# settings FILE < JSON: its config.json in the boot partition
settings() {
	cat >config.json
	mcopy -D o -i "$1@@$(boot_offset "$1")" config.json ::config.json
}

# mode FILE PART PATH: its mode and owner, as debugfs has them
mode() {
	in_ext "$1" "$2" "stat $3" | awk '/Mode:/ { mode = $(NF - 2) }
		/User:/ { user = $2 } END { print mode, user }' |
		sed 's/^0*//'
}

# ---- 1.x: files of the root that ran -----------------------------------------

image resin1 old.img 256M
run 0 hup build old.img -o new.tar.gz || skip 'built without libarchive'
printf 'host key\0\1' >key
echo 0123456789abcdef0123456789abcdef >id
echo 'my own key' >keys
echo network >network
echo supervisor >supervisor
head -c 512 /dev/urandom >seed
change_ext old.img 2 <<-'END'
	mkdir /etc/dropbear
	write key /etc/dropbear/dropbear_rsa_host_key
	sif /etc/dropbear/dropbear_rsa_host_key mode 0100600
	sif /etc/dropbear/dropbear_rsa_host_key uid 7
	write id /etc/machine-id
	write supervisor /etc/supervisor.conf
	rm /var/lib/dropbear/authorized_keys
	write keys /var/lib/dropbear/authorized_keys
	mkdir /var/lib/urandom
	write seed /var/lib/urandom/random-seed
	mkdir /var/lib/connman
	mkdir /var/lib/connman/wifi_1
	write network /var/lib/connman/wifi_1/settings
	symlink /var/lib/connman/last wifi_1/settings
	mkdir /var/lib/other
	write network /var/lib/other/file
END
settings old.img <<-'END'
	{"uuid":"abc","deviceId":12,"apiEndpoint":"https://api.resin.io",
	 "vpnPort":443, "listenPort" : "1", "wifiKey":"x", "unknown":[1.0]}
END
run 0 hup apply new.tar.gz old.img -o new.img --force
ext_clean new.img 3
fsck_clean new.img
at() {
	in_ext new.img 3 "cat $1"
}
at /etc/dropbear/dropbear_rsa_host_key | cmp key -
equal "$(mode new.img 3 /etc/dropbear/dropbear_rsa_host_key)" '600 0'
at /etc/machine-id | cmp id -
at /etc/supervisor.conf | cmp supervisor -
at /var/lib/dropbear/authorized_keys | cmp keys -
at /var/lib/systemd/random-seed | cmp seed -
at /var/lib/connman/wifi_1/settings | cmp network -
in_ext new.img 3 'stat /var/lib/connman/last' | grep -q 'wifi_1/settings'
equal "$(at /var/lib/other/file)$(at /var/lib/urandom/random-seed)" ''

# Its settings: the servers of then, as strings; the rest to the byte.
equal "$(config new.img -S)" "$(jq -cS ". + $servers +
	{registered_at: \"1700000000\"}" config.json)"
mtools_cat new.img config.json | grep -qF '"wifiKey":"x", "unknown":[1.0]'

# In place of the root that ran, it keeps the same.
cp --sparse=always old.img replaced.img
run 0 hup apply --replace --force new.tar.gz replaced.img
ext_clean replaced.img 2
in_ext replaced.img 2 'cat /var/lib/connman/wifi_1/settings' | cmp network -
in_ext replaced.img 2 'cat /etc/machine-id' | cmp id -

# Devices of the makers' own server; of another one; not registered yet.
settings old.img <<<'{"apiEndpoint":"https://api.resinstaging.io"}'
run 0 hup apply new.tar.gz old.img -o new.img --force
equal "$(config new.img -S)" "$(jq -cS . <<<"$servers" |
	sed 's/resin\.io/resinstaging.io/g')"
settings old.img <<<'{"apiEndpoint":"https://api.example.com","uuid":"a"}'
run 0 hup apply new.tar.gz old.img -o new.img --force
err_has 'names another server'
mtools_cat new.img config.json | cmp config.json -

# Up to 1.11 the settings were in a partition of their own.
image resin1-conf old.img 256M
mcopy -n -i "old.img@@$(part_offset old.img 5)" ::config.json config.json
run 0 hup apply new.tar.gz old.img -o new.img --force
equal "$(config new.img -S)" "$(jq -cS ". + $servers" config.json)"
run 0 config get new.img listenPort
out_is 48484
mcopy -n -i "new.img@@$(part_offset new.img 5)" ::config.json - |
	cmp config.json -
fsck_clean new.img

# ---- 2.0 to 2.4: owners, and the sample of a network -------------------------

image rpi3-2.2 old.img 256M
mkdir root
run 0 tar old.img:rootA/ -o root.tar
tar -C root -xf root.tar
run 0 hup build old.img -o built.tar
mkdir tree
tar -C tree -xf built.tar
tar -C tree --owner=5 --group=6 --mtime=@1600000000 -cf new.tar .
printf '[wifi]\nssid=My_Wifi_Ssid\n[wifi-security]\n%s\n' \
	psk=super_secret_wifi_password >sample
sed 's/My_Wifi/Our_Wifi/' sample >ours
mcopy -D o -i "old.img@@$(boot_offset old.img)" sample \
	::system-connections/resin-sample
change_ext old.img 5 <<-'END'
	mkdir /root-overlay
	mkdir /root-overlay/etc
	mkdir /root-overlay/etc/NetworkManager
	mkdir /root-overlay/etc/NetworkManager/system-connections
	cd /root-overlay/etc/NetworkManager/system-connections
	write sample resin-sample
	write sample other
END
echo 'my own key' >keys
change_ext old.img 2 <<-'END'
	rm /var/lib/dropbear/authorized_keys
	write keys /var/lib/dropbear/authorized_keys
END
run 0 hup apply new.tar old.img -o new.img --force
err_has 'are not carried over'
mtools_lacks new.img system-connections/resin-sample
equal "$(in_ext new.img 5 "ls -p \
	/root-overlay/etc/NetworkManager/system-connections" |
	cut -d / -f 6 | grep '[a-z]')" other
ext_clean new.img 5
ext_clean new.img 3
equal "$(mode new.img 3 /bin/busybox)" '644 5'
in_ext new.img 3 'stat /bin/busybox' | grep -q 'mtime: 0x5f5e1000'
mtools_cat old.img config.json >was
mtools_cat new.img config.json | cmp was -
mdir -b -i "new.img@@$(boot_offset new.img)" :: >list
! grep -q hup.old list || fail "$(cat list)"
fsck_clean new.img

# Somebody's network of that name stays.
mcopy -D o -i "old.img@@$(boot_offset old.img)" ours \
	::system-connections/resin-sample
run 0 hup apply new.tar old.img -o new.img --force
mtools_cat new.img system-connections/resin-sample | cmp ours -

# ---- hostapps: crumbs --------------------------------------------------------

image generic old.img 256M
take_apart old.img
bundle plain.docker 6.2.0
bundle new.docker 6.2.0 'hooks.update({"80-rollback": "#!/bin/sh\n",
	"60-data-breadcrumb": "#!/bin/sh\n"})'
change_ext old.img resin-state <<-'END'
	write sample rollback-health-triggered
	write sample rollback-altboot-triggered
	write sample rollback-health-failed
	write sample rollback-health-variables
	write sample rollback-other
END
# names PART: what is at the top of it
names() {
	in_ext new.img "$1" 'ls -p /' | cut -d / -f 6 | grep '^r'
}
run 0 hup apply new.docker old.img -o new.img --force
! grep -q 'hooks that only' err || fail "$(cat err)"
equal "$(names resin-state | sort)" 'rollback-altboot-breadcrumb
rollback-health-breadcrumb
rollback-other'
equal "$(names resin-data)" remove_me_to_reset
ext_clean new.img resin-state
ext_clean new.img resin-data

# Without the hooks nothing of that; into the root that runs, only the data's.
run 0 hup apply plain.docker old.img -o new.img --force
equal "$(names resin-state | wc -l)" 5
equal "$(names resin-data)" ''
run 0 hup apply --replace new.docker old.img -o new.img --force
equal "$(names resin-state | wc -l)" 5
equal "$(names resin-data)" remove_me_to_reset
