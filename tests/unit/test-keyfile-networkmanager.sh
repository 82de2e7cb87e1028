#!/bin/bash
# test-keyfile-networkmanager.sh - NetworkManager reads what we write and read
# SPDX-License-Identifier: Apache-2.0
#
# libnm is asked through Python, if there is one that knows it.
set -eu

here=$(dirname "$0")
for python in python3 /usr/bin/python3; do
	if "$python" -c 'import gi
gi.require_version("NM", "1.0")
from gi.repository import NM
NM.keyfile_read' 2>/dev/null; then
		exec "$python" -W ignore "$here/keyfile-networkmanager.py"
	fi
done
echo "no Python with libnm (python3-gi, gir1.2-nm-1.0)"
exit 77
