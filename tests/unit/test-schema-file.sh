#!/bin/sh
# test-schema-file.sh - the JSON Schema in templates/ is that of the table
# SPDX-License-Identifier: Apache-2.0
set -eu

ask=$PWD/tests/lib/ask-config
schema=${srcdir:-.}/templates/config.schema.json
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

"$ask" schema >"$dir/schema.json"
cmp "$schema" "$dir/schema.json" || {
	echo "run: make update-schema"
	exit 1
}

# Another's eyes: it is a schema, it takes what devices take, and not what
# stops them.
python3 -c 'import jsonschema' 2>/dev/null || {
	echo "no python3-jsonschema to judge it; it is the table's"
	exit 0
}
cat >"$dir/judge.py" <<'PYTHON'
import json
import sys

import jsonschema

schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
judge = jsonschema.Draft202012Validator(schema)
good = ["{}", '{"hostname": "a", "os": null, "unknown": [1]}',
        '{"os": {"udevRules": {"a": "b"}, "sshKeys": ["k", null]}}',
        '{"deviceApiKeys": {"host": "key"}, "vpnPort": "443"}']
bad = ["[]", '{"hostname": {}}', '{"os": []}', '{"os": {"network": 1}}',
       '{"os": {"udevRules": {"a": null}}}', '{"os": {"sshKeys": "k"}}',
       '{"os": {"sshKeys": [1]}}', '{"developmentMode": 1}',
       '{"deviceApiKeys": {"host": 1}}']
for text in good:
    judge.validate(json.loads(text))
for text in bad:
    if judge.is_valid(json.loads(text)):
        sys.exit(text + " is valid")
PYTHON
python3 "$dir/judge.py" "$schema"
