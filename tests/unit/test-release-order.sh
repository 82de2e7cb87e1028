#!/bin/bash
# test-release-order.sh - versions sort as balena-semver sorts them
# SPDX-License-Identifier: Apache-2.0
#
# $BALIMG_NPM is a folder in which "npm install balena-semver" was run.
# Two-field versions are left out: we read them, balena-semver does not.
set -eu

ask=$PWD/tests/lib/ask-document
npm=${BALIMG_NPM:-}
if [ ! -d "$npm/node_modules/balena-semver" ]; then
	echo "BALIMG_NPM names no folder with node_modules/balena-semver"
	exit 77
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

cat >"$dir/pairs.js" <<'JS'
const { compare } = require('balena-semver');
const fs = require('fs');
let state = 20261;
const next = (n) => {
	state = (state + 0x9e3779b9) | 0;
	let x = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
	x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
	return ((x ^ (x >>> 15)) >>> 0) % n;
};
const pick = (list) => list[next(list.length)];
const number = () => pick(['0', '1', '2', '7', '10', '12', '2019', '04']);
const word = () => pick(pick([
	['a', 'A', 'a1', '1', '10', '-', 'a-'],
	['b', 'B', 'beta', 'rc1', '2', 'x-y', 'rev1', 'rev2', 'rev10',
		'revx', 'dev', 'prod', 'Dev', 'devel', 'ts'],
]));
const words = () => Array.from({ length: 1 + next(3) }, word).join('.');
const core = () => [number(), number(), number()].join('.');
const forms = [
	() => core(),
	() => `${core()}-${words()}`,
	() => `${core()}+${words()}`,
	() => `${core()}-${words()}+${words()}`,
	() => `${core()}_${word()}`,
	() => `${core()}.rev${next(12)}`,
	() => `${core()}.rev${next(12)}.${pick(['dev', 'prod'])}`,
	() => `${core()}.${pick(['dev', 'prod', 'DEV', 'developer'])}`,
	() => `${core()} (${word()})`,
	() => `${core()}+rev${next(3)} (${pick(['dev', 'prod'])})`,
	() => `${core()}${pick('-+')}${words()} (${word()})`,
	() => `${pick(['Resin OS', 'balenaOS', 'BALENA os ', 'resinos'])} ` +
		pick(forms.slice(0, 11))(),
	() => `v${pick(forms.slice(0, 11))()}`,
	() => ` ${core()}  `,
	() => `${core()}.${number()}`,
	() => `${core()} ${word()}`,
	() => pick(['', 'latest', '(dev)', 'v', 'x (y)', '1.2.3+', '1.2.3-']),
];
const lines = [];
const orders = [];
while (lines.length < 40000) {
	const a = pick(forms)();
	/* Often the same numbers with another tail. */
	const same = (a.match(/\d+\.\d+\.\d+/) || [core()])[0];
	const tail = () => pick(['', '', `-${words()}`]) +
		pick(['', `+${words()}`, `+${word()}`, `+rev${next(3)}.dev`]);
	const b = next(4) ? same + tail() : pick(forms)();
	lines.push(`${a}\t${b}`);
	orders.push(Math.sign(compare(a, b)));
}
fs.writeFileSync(process.argv[2], lines.join('\n') + '\n');
fs.writeFileSync(process.argv[3], orders.join('\n') + '\n');
JS
NODE_PATH=$npm/node_modules node "$dir/pairs.js" "$dir/pairs" "$dir/wanted"
"$ask" compare-releases <"$dir/pairs" >"$dir/got"
paste "$dir/pairs" "$dir/wanted" "$dir/got" |
	awk -F '\t' '$3 != $4' >"$dir/different"
head -20 "$dir/different"
[ ! -s "$dir/different" ] && [ "$(wc -l <"$dir/got")" -eq 40000 ]
