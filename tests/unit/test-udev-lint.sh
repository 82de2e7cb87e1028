#!/bin/bash
# test-udev-lint.sh - our reading of udev rules is udevd's
# SPDX-License-Identifier: Apache-2.0
#
# Each case is one rules file.  E: an error, udevd drops the rule; W: a
# warning, and udevd complains; O: a warning of ours alone; -: nothing to say.
# The judge is the parser of the udevd that is installed, fed by "udevadm
# test" in a mount namespace of its own; without root it does not judge.
set -eu

ask=$PWD/tests/lib/ask-document
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/rules"

cat >"$dir/cases" <<'CASES'
- KERNEL=="a", RUN+="/bin/true"
O KERNEL=="a" RUN+="/bin/true"
O KERNEL=="a"RUN+="/bin/true"
- KERNEL=="a",RUN+="/bin/true",
- , , KERNEL=="a", RUN+="x"
E KERNEL=="a, RUN+="/bin/true"
E KERNEL=a, RUN+="x"
E KERNEL="a", RUN+="x"
E KERNEL+="a", RUN+="x"
W FOO=="x", RUN+="x"
W LBEL="x"
W KERNEL! ="x", RUN+="y"
E ATTR=="x", RUN+="x"
E ATTR{x=="x", RUN+="x"
E ATTR{}=="x", RUN+="x"
E ACTION{x}=="x", RUN+="x"
W ATTR{x}+="1"
E ATTR{x}-="1"
W ENV{x}:="1"
E ENV{ACTION}="x"
E ENV{DEVNAME}="x"
E ENV{x}-="1"
- TAG-="x"
W TAG:="x"
W NAME="%k"
W NAME=""
W NAME+="eth7"
E NAME-="eth7"
W MODE+="0666"
- MODE:="0666"
E MODE=="0666"
E OWNER-="0"
W OPTIONS="last_rule"
E OPTIONS=="watch"
E OPTIONS-="watch"
E OPTIONS+="link_priority=x"
- OPTIONS+="link_priority=-100"
W OPTIONS+="string_escape=foo"
E IMPORT="x"
E IMPORT{foo}="x"
W IMPORT{builtin}="nosuch"
- IMPORT{builtin}=="hwdb --subsystem=x"
E IMPORT{program}-="x"
- RUN="x"
E RUN=="x"
E RUN{foo}+="x"
W RUN{builtin}+="nosuch"
- RUN{builtin}+="kmod load x"
E GOTO+="x"
E LABEL+="x"
- LABEL="x"
E RESULT="x"
E PROGRAM-="x"
- PROGRAM="/bin/true"
E TEST="x"
- TEST=="x", RUN+="y"
- TEST{0111}=="x", RUN+="y"
E TEST{zz}=="x", RUN+="y"
- CONST{arch}=="x86", RUN+="y"
E CONST{foo}=="x86", RUN+="y"
E CONST{arch}="x86"
E SECLABEL="x"
W SECLABEL{selinux}:="x"
W SYSCTL{x}+="1"
W KERNEL=="a"
- KERNEL=="a", RUN+=e"\x41"
E KERNEL=="a", RUN+=f"a"
E KERNEL=="a", RUN+=ee"a"
W KERNEL=="a", RUN+="echo $1"
W KERNEL=="a", RUN+="echo %z"
W KERNEL=="a", RUN+="echo %s $env"
W KERNEL=="a", RUN+="100%"
- RUN+="echo $$1 %%z $attr{x} %s{x} $env{X} %E{Y} %c{1+} %k $kernel"
- RUN+="a\"b"
E RUN+="a\\"
- RUN+=e"a\\"
- KERNEL !="x", RUN += "y"
- KERNEL != "x" , RUN += "y"
E KERNEL=="x", RUN+="y" trailing
E KERNEL=="x", RUN+="y" #comment
W GOTO="nowhere"
W GOTO="nowhere", RUN+="x"
CASES

number=100
while read -r verdict rule; do
	printf '%s\n' "$rule" >"$dir/rules/$number.rules"
	printf '%s\n' "$verdict" >"$dir/rules/$number.verdict"
	number=$((number + 1))
done <"$dir/cases"
# What takes more than a line: a loop that is no loop, continuation, comments.
printf '%s\n' 'LABEL="up"' 'GOTO="up", RUN+="x"' >"$dir/rules/200.rules"
# shellcheck disable=SC1003 # the backslash is meant
printf '%s\n' 'GOTO="end"' '# no' 'KERNEL=="a", \' '# aside' \
	'  RUN+="x"' 'LABEL="end"' >"$dir/rules/201.rules"
printf '%s' 'KERNEL=="a", RUN+="x"' >"$dir/rules/202.rules"
# shellcheck disable=SC1003
printf '%s\r\n' 'KERNEL=="a", \' 'RUN+="x"' >"$dir/rules/203.rules"
printf '%s\n' 'GOTO="end"' 'FOO="x", LABEL="end"' >"$dir/rules/204.rules"
echo W >"$dir/rules/200.verdict"
echo - >"$dir/rules/201.verdict"
echo - >"$dir/rules/202.verdict"
echo - >"$dir/rules/203.verdict"
echo W >"$dir/rules/204.verdict"

failed=0
for rules in "$dir"/rules/*.rules; do
	want=$(cat "${rules%.rules}.verdict")
	got=$("$ask" lint-udev "$rules")
	case $got in
	*': error: '*) is=E ;;
	*': warning: '*) is=W ;;
	*) is=- ;;
	esac
	if [ "$is" != "${want/O/W}" ]; then
		cat "$rules"
		echo "  should be $want, but is: $got"
		failed=1
	fi
done

# shellcheck disable=SC2016 # expanded by the inner shell
unshare -m sh -c 'mount -t tmpfs none /usr/lib/udev/rules.d &&
	mkdir -p /etc/udev/rules.d &&
	mount --bind "$1/rules" /etc/udev/rules.d &&
	udevadm test /sys/class/net/lo' sh "$dir" >"$dir/udevd" 2>&1 || :
if ! grep -q '/204.rules' "$dir/udevd"; then
	echo "udevd does not judge: no udevadm, or no mount namespace"
	exit "$failed"
fi
complaints='Invalid|Unknown|[Ii]gnoring|assuming|no effect|no matching label|parse'
for rules in "$dir"/rules/*.rules; do
	want=$(cat "${rules%.rules}.verdict")
	said=$(grep -F "/$(basename "$rules"):" "$dir/udevd" |
		grep -E "$complaints" | grep -v 'writing\|to write' || :)
	case $want$said in
	[EW]?* | [O-]) ;;
	*)
		cat "$rules"
		echo "  should be $want, but udevd says: ${said:-nothing}"
		failed=1
		;;
	esac
done

# Rules that work are not complained about, but for commas that are missing,
# which packages do have (56-dm-parts.rules of kpartx).
"$ask" lint-udev /usr/lib/udev/rules.d/*.rules >"$dir/said"
grep -v ': warning: no comma before ' "$dir/said" >"$dir/system" || :
if [ -s "$dir/system" ]; then
	cat "$dir/system"
	failed=1
fi
exit "$failed"
