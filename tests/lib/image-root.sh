# image-root.sh - what make-image.sh puts into the root file system
# shellcheck shell=bash
#
# SPDX-License-Identifier: Apache-2.0
#
# Sourced, with the variables of set_kind().  stage_root fills the current
# folder: with the system itself up to 2.4 and on installers, with an engine's
# store and the system in it since.  finish_root does afterwards, in the
# image, what a folder of ours cannot hold: owners.
# shellcheck disable=SC2154,SC2034 # the variables are make-image.sh's

# before VERSION: is the image's version older?
before() {
	[ "$(printf '%s\n' "${version%%+*}" "$1" | sort -V | head -n 1)" != "$1" ]
}

# is_dev: was it built for development, when that was so?
is_dev() {
	[ "$variant" = dev ]
}

# an_id WORD: 64 hexadecimal digits that the word stands for
an_id() {
	printf '%s %s' "$kind" "$1" | sha256sum | cut -c-64
}

# ---- the system -------------------------------------------------------

# unit NAME: a service, standard input being more of it
unit() {
	{
		printf '[Unit]\nDescription=%s\n\n' "${1%.service}"
		cat
	} >"lib/systemd/system/$1"
}

# wants TARGET UNIT [TEMPLATE]: a link that starts it
wants() {
	mkdir -p "etc/systemd/system/$1.wants"
	ln -s "/lib/systemd/system/${3:-$2}" "etc/systemd/system/$1.wants/$2"
}

stage_accounts() {
	local password='*'

	# Since 2.85 the same for all; before, development images left it open.
	if is_dev || ! before 2.85.0; then
		password=''
	fi
	printf '%s\n' 'root:x:0:0:root:/home/root:/bin/sh' \
		'daemon:x:1:1:daemon:/usr/sbin:/bin/false' >etc/passwd
	printf '%s\n' "root:$password:18000:0:99999:7:::" \
		'daemon:*:18000:0:99999:7:::' >etc/shadow
	chmod 400 etc/shadow
	mkdir -p home/root
	chmod 700 home/root
}

stage_dropbear() {
	local arguments=-s

	! before 2.0.5 || arguments=-g
	! is_dev || arguments=-B
	mkdir -p etc/default
	printf 'DROPBEAR_PORT="22222"\nDROPBEAR_EXTRA_ARGS="%s"\n' $arguments \
		>etc/default/dropbear
	unit dropbear@.service <<-'END'
	[Service]
	EnvironmentFile=-/etc/default/dropbear
	ExecStart=-/usr/sbin/dropbear -i $DROPBEAR_EXTRA_ARGS
	END
	before 2.14.0 || return 0
	# The maker's own key.
	mkdir -p var/lib/dropbear home/root/.ssh
	printf 'ssh-rsa %s resin failsafe\n' \
		"$(printf '\0\0\0\7ssh-rsa\0\0\0\3\1\0\1\0\0\0\11\0%s' \
			12345678 | base64 -w 0)" >var/lib/dropbear/authorized_keys
	chmod 400 var/lib/dropbear/authorized_keys
	chmod 700 home/root/.ssh
	ln -s /var/lib/dropbear/authorized_keys home/root/.ssh/authorized_keys
}

# sshd_config TITLE [LINE...]
sshd_config() {
	printf '# %s\nPort 22222\nHostKey /etc/ssh/hostkeys/rsa\n' "$1"
	printf '#PermitRootLogin prohibit-password\n'
	printf '#PasswordAuthentication yes\n#PermitEmptyPasswords no\n'
	printf 'UsePAM no\nSubsystem sftp internal-sftp\n'
	shift
	[ $# = 0 ] || printf '%s\n' "$@"
}

stage_openssh() {
	local open=('PermitRootLogin yes' 'PermitEmptyPasswords yes')
	local config=etc/ssh/sshd_config

	mkdir -p etc/ssh etc/default
	if ! before 2.85.0; then
		sshd_config sshd >$config
		sshd_config sshd 'PasswordAuthentication no' >${config}_readonly
		sshd_config sshd "${open[@]}" >${config}_development
		return
	fi
	if is_dev; then
		sshd_config sshd | sed 's/^#PermitRootLogin.*/PermitRootLogin yes/
			s/^#PermitEmptyPasswords.*/PermitEmptyPasswords yes/' \
			>$config
		cp $config ${config}_readonly
	else
		sshd_config sshd >$config
		sshd_config sshd >${config}_readonly
		before 2.44.0 ||
			echo 'PasswordAuthentication no' >>${config}_readonly
	fi
}

stage_gettys() {
	unit serial-getty@.service <<-'END'
	[Service]
	ExecStart=-/sbin/agetty -8 -L %I 115200 $TERM
	END
	if is_dev || ! before 2.85.0 || before 2.0.0; then
		unit getty@.service <<-'END'
		[Service]
		ExecStart=-/sbin/agetty --noclear %I $TERM
		END
	fi
	if is_dev; then
		wants getty.target serial-getty@ttyS0.service serial-getty@.service
	fi
}

stage_engine() {
	local engine=balena

	! before 2.9.0 || engine=docker
	unit $engine.service <<-END
	[Service]
	Type=notify
	ExecStart=/usr/bin/${engine}d -s $driver --data-root=/mnt/data/docker \\
	    -H fd:// -H unix:///var/run/$engine.sock
	Restart=always
	END
	mkdir -p etc/systemd/system/$engine.service.d
	if ! before 2.84.0; then
		printf '[Unit]\nAfter=migrate.service\n' \
			>etc/systemd/system/$engine.service.d/storagemigration.conf
	fi
	if is_dev; then
		cat >etc/systemd/system/$engine.service.d/$engine.conf <<-END
		[Service]
		ExecStart=
		ExecStart=/usr/bin/${engine}d -s $driver --data-root=/mnt/data/docker -H fd:// -H unix:///var/run/$engine.sock -H tcp://0.0.0.0:2375
		END
	fi
	rmdir etc/systemd/system/$engine.service.d 2>/dev/null || :
}

stage_system() {
	mkdir -p etc/udev/rules.d lib/systemd/system lib/udev/rules.d bin
	filler bin/busybox 40
	ln -s busybox bin/sh
	write_os_release >etc/os-release
	printf '%s \\n \\l\n' "$os_name $version" >etc/issue
	printf 'localhost\n' >etc/hostname
	printf 'KERNEL=="null", MODE="0666"\n' >lib/udev/rules.d/50-default.rules
	stage_accounts
	if before 2.38.0; then
		stage_dropbear
	else
		stage_openssh
	fi
	stage_gettys
	stage_engine
	write_root_fingerprint
}

# Every regular file but those that a device makes anew.
write_root_fingerprint() {
	local name=$fingerprint

	[ "$name" != resin-boot.fingerprint ] || name=resin-root.fingerprint
	find . -type f ! -name hostname ! -name machine-id -printf '/%P\n' |
		sort -k 2 | while read -r path; do
			printf '%s  %s\n' \
				"$(md5sum <".$path" | cut -c-32)" "$path"
		done >../root-fingerprint
	mv ../root-fingerprint "$name"
}

# ---- the store --------------------------------------------------------

# What the engine knows of one image of one layer, and one container of it.
stage_database() {
	local image=$store/image/$driver layer diff config tar=../layer.tar

	mkdir -p "$image"/{imagedb/content/sha256,layerdb/sha256,layerdb/mounts}
	tar -C "$1" --sort=name --owner=0 --group=0 --numeric-owner \
		--mtime=@0 -cf "$tar" .
	diff=$(sha256sum <"$tar" | cut -c-64)
	layer=$image/layerdb/sha256/$diff # of the base that is its chain's id
	mkdir "$layer"
	printf 'sha256:%s' "$diff" >"$layer/diff"
	printf '%s' "$(du -sb "$1" | cut -f 1)" >"$layer/size"
	printf '%s' "$cache_id" >"$layer/cache-id"
	! command -v python3 >/dev/null ||
		python3 "${self%/*}/tar-split.py" "$tar" "$layer/tar-split.json.gz"
	rm "$tar"
	config='{"architecture":"amd64","config":{},"created":'
	config+='"2024-05-01T12:34:56Z","os":"linux","rootfs":{"type":"layers",'
	config+="\"diff_ids\":[\"sha256:$diff\"]}}"
	image_id=$(printf '%s' "$config" | sha256sum | cut -c-64)
	printf '%s' "$config" >"$image/imagedb/content/sha256/$image_id"
	printf '{"Repositories":{}}' >"$image/repositories.json"
	mkdir "$image/layerdb/mounts/$container"
	printf '%s' "$mount_id" >"$image/layerdb/mounts/$container/mount-id"
	printf 'sha256:%s' "$diff" >"$image/layerdb/mounts/$container/parent"
}

stage_container() {
	local folder=$store/containers/$container volume

	volume=$(an_id volume)
	mkdir -p "$folder/checkpoints"
	cat >"$folder/config.v2.json" <<-END
	{"State":{"Running":false,"Dead":false},"ID":"$container","Image":"sha256:$image_id","Name":"/sample","Driver":"$driver","OS":"linux","Config":{"Labels":{}},"MountPoints":{"/boot":{"Name":"$volume","Destination":"/boot","Driver":"local","RW":true}}}
	END
	printf '{"Runtime":"bare"}' >"$folder/hostconfig.json"
	mkdir -p "$store/volumes/$volume/_data" "hostapps/$container"
	cp -R "$system/boot/." "$store/volumes/$volume/_data"
	ln -s "../../$store/volumes/$volume/_data" "hostapps/$container/boot"
	ln -s "hostapps/$container" current
	echo 1 >counter
}

# The two layers: the image's, and the container's own, which is empty.
stage_layers() {
	case $driver in
	overlay2)
		mkdir -p "$store/overlay2/l" \
			"$store/overlay2"/{"$cache_id","$mount_id"/{diff,work}}
		mv system "$store/overlay2/$cache_id/diff"
		: >"$store/overlay2/$cache_id/committed"
		printf AAAAAAAAAAAAAAAAAAAAAAAAA2 >"$store/overlay2/$cache_id/link"
		printf BBBBBBBBBBBBBBBBBBBBBBBBB3 >"$store/overlay2/$mount_id/link"
		printf l/AAAAAAAAAAAAAAAAAAAAAAAAA2 \
			>"$store/overlay2/$mount_id/lower"
		ln -s "../$cache_id/diff" \
			"$store/overlay2/l/AAAAAAAAAAAAAAAAAAAAAAAAA2"
		ln -s "../$mount_id/diff" \
			"$store/overlay2/l/BBBBBBBBBBBBBBBBBBBBBBBBB3"
		system=$store/overlay2/$cache_id/diff
		;;
	aufs)
		mkdir -p "$store/aufs"/{diff,layers,mnt}
		mkdir "$store/aufs/diff/$mount_id" \
			"$store/aufs/mnt"/{"$cache_id","$mount_id"}
		mkdir "$store/aufs/diff/$mount_id"/.wh..wh.{plnk,orph}
		: >"$store/aufs/diff/$mount_id/.wh..wh.aufs"
		mv system "$store/aufs/diff/$cache_id"
		: >"$store/aufs/layers/$cache_id"
		echo "$cache_id" >"$store/aufs/layers/$mount_id"
		system=$store/aufs/diff/$cache_id
		;;
	esac
}

stage_hostapp() {
	local store=balena container cache_id mount_id image_id system
	local up=../

	! before 2.9.0 || store=docker
	container=$(an_id container)
	cache_id=$(an_id cache)
	mount_id=$(an_id mount)
	mkdir -p dev etc mnt/state proc run sbin sys tmp system/boot
	: >etc/machine-id
	(
		cd system || exit
		filler boot/init 20
		filler boot/zImage 300
		! before 2.84.0 || echo "$driver" >boot/storage-driver
		stage_system
	)
	stage_layers
	stage_database "$system"
	stage_container
	! before 2.73.2 || up=/
	ln -s "${up}current/boot/init" sbin/init
	ln -s "${up#../}current/boot" boot
}

stage_root() {
	serial=50
	if [ "$prefix" = flash ]; then
		stage_system
		mkdir opt
		"$self" "${inner_kind:-generic}" \
			"opt/balena-image-$machine.balenaos-img" 256M
	elif before 2.5.0; then
		stage_system
	else
		stage_hostapp
	fi
}

# finish_root NAME: all that is in the volume belongs to root
finish_root() {
	[ "$(id -u)" != 0 ] || return 0
	(cd root && find . -mindepth 1 -printf '"/%P"\n') | while read -r path; do
		printf 'set_inode_field %s uid 0\nset_inode_field %s gid 0\n' \
			"$path" "$path"
	done | debugfs -w -f - "$out?offset=$((start[$1] * 512))" >/dev/null 2>&1
}
