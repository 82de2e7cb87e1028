#!/bin/bash
# Disk images that name other files, are cut short or damaged are refused, and
# the files that they name are not touched.
#
# SPDX-License-Identifier: Apache-2.0
. "${srcdir:-.}/tests/lib/cli.sh"
. "$srcdir/tests/lib/disk-image.sh"
requires strace
strace -o /dev/null true 2>/dev/null || skip 'no process can be traced here'
export ASAN_OPTIONS="detect_leaks=0:${ASAN_OPTIONS-}"

# poke FILE OFFSET HEX: write bytes
poke() {
	local hex=$3 bytes=''
	while [ -n "$hex" ]; do
		bytes+="\\x${hex:0:2}"
		hex=${hex:2}
	done
	printf '%b' "$bytes" |
		dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

image generic secret.img 256M
convert qcow2 secret.img good.qcow2
convert vmdk secret.img good.vmdk
convert vdi secret.img good.vdi

# refused STATUS FILE TEXT: with that text, and nothing but it was opened
refused() {
	local status=0
	strace -f -e trace=openat,open,execve -o trace \
		"${program:?}" info "$2" >out 2>err || status=$?
	equal "$2: $status" "$2: $1"
	err_has "$3"
	silent out
	! grep -E 'secret|qemu-nbd' trace || fail "$2: $(cat trace)"
	run "$1" config set "$2" hostname=kiosk
	run "$1" config set -o copy.img "$2" hostname=kiosk
	[ ! -e copy.img ] || fail "$2: something was copied"
}

qemu-img create -q -f qcow2 -b secret.img -F raw backing.qcow2
refused 5 backing.qcow2 'backing file'
qemu-img create -q -f qcow2 -o compat=0.10 -b secret.img -F raw old.qcow2
refused 5 old.qcow2 'backing file'
cp good.qcow2 nameless.qcow2
poke nameless.qcow2 16 00000005
refused 5 nameless.qcow2 'backing file'
# It has data of its own; the bit alone tells that they are not used.
qemu-img create -q -f qcow2 -o data_file=data.raw data.qcow2 64M
mv data.raw secret.raw
refused 5 data.qcow2 'another file'
cp good.qcow2 crypt.qcow2
poke crypt.qcow2 32 00000001
refused 3 crypt.qcow2 encrypted
cp good.qcow2 version.qcow2
poke version.qcow2 4 00000001
refused 3 version.qcow2 version

qemu-img create -q -f vmdk -b good.vmdk -F vmdk child.vmdk
refused 5 child.vmdk parent
convert vmdk,subformat=monolithicFlat secret.img secret-flat.vmdk
cp secret-flat.vmdk flat.vmdk
refused 5 flat.vmdk 'other files'
convert vmdk,subformat=twoGbMaxExtentSparse secret.img parts.vmdk
refused 5 parts.vmdk 'other files'
refused 3 parts-s001.vmdk 'one part'
# A sparse one without a size, of which QEMU then reads the text.
cp good.vmdk text.vmdk
poke text.vmdk 12 0000000000000000
refused 5 text.vmdk 'other files'
cp good.vmdk hint.vmdk
printf '# Disk DescriptorFile\nparentFileNameHint="secret.img"\n' |
	dd of=hint.vmdk bs=1 seek=512 conv=notrunc status=none
refused 5 hint.vmdk parent

cp good.vdi diff.vdi
poke diff.vdi 76 04000000
refused 5 diff.vdi parent
cp good.vdi child.vdi
poke child.vdi 440 01
refused 5 child.vdi parent

# Cut short, anywhere.
for size in 4 71 72 103 512 65536 200000 4000000; do
	head -c $size good.qcow2 >cut.qcow2
	refused 3 cut.qcow2 'cut short'
done
for size in 4 511; do
	head -c $size good.vmdk >cut.vmdk
	refused 3 cut.vmdk 'cut short'
done
head -c 600 good.vmdk >cut.vmdk
run 3 info cut.vmdk
err_has 'qemu-nbd cannot open it'
for size in 80 511; do
	head -c $size good.vdi >cut.vdi
	refused 3 cut.vdi 'cut short'
done
head -c 3000000 good.vdi >cut.vdi
refused 3 cut.vdi 'cut short'

# bogus FILE OFFSET:HEX...: with each of these it is opened or refused, soon;
# $number says how many were refused
bogus() {
	local file=$1 at status
	shift
	number=0
	for at; do
		cp "$file" bogus
		poke bogus "${at%:*}" "${at#*:}"
		status=0
		timeout 60 "$BALIMG" info bogus >out 2>err || status=$?
		case $status in
		3 | 5 | 6) number=$((number + 1)) ;;
		0) ;;
		*) fail "$file, $at: status $status: $(cat err)" ;;
		esac
	done
}

# Numbers out of all proportion.
bogus good.qcow2 8:ffffffffffffffff 20:0000003f 20:00000000 \
	24:ffffffffffffffff 24:7fffffffffffffff 24:0fffffffffffffff \
	36:ffffffff 40:ffffffffffffff00 40:0000000000000001 \
	48:ffffffffffffff00 48:7ffffffffffff000 56:ffffffff 56:00000000 \
	60:ffffffff 72:ffffffffffffffff 96:000000ff 100:ffffffff
[ $number -gt 10 ] || fail "only $number were refused"
bogus good.vmdk 12:ffffffffffffffff 20:ffffffffffffffff \
	20:0000000000000000 44:ffffffff 48:ffffffffffffffff \
	56:ffffffffffffffff 28:ffffffffffffffff 36:ffffffffffffffff
[ $number -gt 3 ] || fail "only $number were refused"
bogus good.vdi 68:00000000 340:ffffffff 344:ffffffff 368:ffffffffffffffff \
	376:00000000 376:ffffffff 384:ffffffff 388:ffffffff
[ $number -gt 3 ] || fail "only $number were refused"
tidy
