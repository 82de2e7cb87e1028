#!/usr/bin/python3
# keyfile-networkmanager.py - NetworkManager reads what we write and read
# SPDX-License-Identifier: Apache-2.0
#
# libnm judges, through GObject introspection: profiles that we make give it
# the SSID, passphrase and addresses that went in, and it finds them sound;
# of profiles of any text we see the SSID and passphrase that it sees; and
# none of the secrets that it knows passes keyfile_redact().
import os
import random
import subprocess
import sys
import tempfile

import gi

gi.require_version('NM', '1.0')
from gi.repository import GLib, NM  # noqa: E402

ASK = os.path.join(os.getcwd(), 'tests/lib/ask-document')
SECRET = 0x400  # NM_SETTING_PARAM_SECRET
failures = 0


def fail(*what):
    global failures
    print(*what)
    failures += 1


def ask(*words):
    return subprocess.run([ASK, *words], capture_output=True)


def read(text):
    """The connection that NetworkManager makes of bytes, or None."""
    keyfile = GLib.KeyFile.new()
    try:
        keyfile.load_from_bytes(GLib.Bytes.new(text), GLib.KeyFileFlags.NONE)
        return NM.keyfile_read(keyfile, '/', NM.KeyfileHandlerFlags.NONE)
    except GLib.Error:
        return None


def ssid_of(connection):
    wifi = connection.get_setting_wireless()
    ssid = wifi.get_ssid() if wifi else None
    return ssid.get_data() if ssid else None


def psk_of(connection):
    security = connection.get_setting_wireless_security()
    return security.get_psk() if security else None


def check_made(ssid, psk):
    made = ask('make-wifi', ssid.hex(), '-' if psk is None else psk)
    if made.returncode:
        return fail('not made:', ssid, psk, made.stderr)
    again = ask('make-wifi', ssid.hex(), '-' if psk is None else psk)
    if again.stdout != made.stdout:
        fail('made anew, it differs:', ssid, psk)
    connection = read(made.stdout)
    if connection is None:
        return fail('not read:', made.stdout)
    try:
        connection.verify()
    except GLib.Error as error:
        fail('not sound:', error, made.stdout)
    if ssid_of(connection) != ssid or psk_of(connection) != psk:
        fail('misread:', ssid, psk, ssid_of(connection), psk_of(connection))
    if not GLib.uuid_string_is_valid(connection.get_uuid()):
        fail('no UUID:', connection.get_uuid())


SSIDS = [
    b'x', b'home', b' leading', b'trailing ', b' ', b'  both  ', b'a b',
    b'a;b', b';', b'16;17;', b'1;', b'12', b'123', b'256;', b'1 2', b'#hash',
    b'[group]', b'key=value', b'=', b'a\\b', b'\\', b'\\;', b'\\s', b'\\n',
    b'"quoted"', b"it's", b'\t', b'a\tb', b'a\nb', b'\r', b'a\0b', b'\0',
    b'\x7f', b'\x1b[0m', 'gr\u00fc\u00df'.encode(), '\U0001f600'.encode(),
    b'\xff\xfe', b'\xc3', b'x' * 32, b';' * 32, bytes(range(224, 256)),
    b'%s$HOME', b'true', b'0', b'-1',
]
PSKS = [
    None, 'password', 'pass=word1', ' leading', 'trailing ', '        ',
    'semi;colon', '1;2;3;4;', 'back\\slash', '\\s\\n\\t\\r', '#hashhash',
    '[brackets]', '"quoted"', "it's mine", '12345678', 'a' * 63,
    'gr\u00fc\u00dfe aus', '0123456789abcdefABCDEF' + '0' * 42, '$(reboot)',
]
for ssid in SSIDS:
    check_made(ssid, 'password')
    check_made(ssid, None)
for psk in PSKS:
    check_made(b'home', psk)

rng = random.Random(2026)
for _ in range(60):
    length = rng.randint(1, 32)
    alphabet = rng.choice([b'0123456789; ', b'ab \\;=[]#\t', bytes(range(256))])
    ssid = bytes(rng.choice(alphabet) for _ in range(length))
    psk = ''.join(chr(rng.randint(32, 126)) for _ in range(rng.randint(8, 63)))
    if psk != '-':
        check_made(ssid, psk)

# Addresses arrive, and what NetworkManager would not take is refused.
made = ask('make-wifi', b'home'.hex(), '-', '192.168.1.20/24', '192.168.1.1',
           'fd00::20/64', 'fd00::1', '8.8.8.8', '2001:db8::53', '1.1.1.1')
connection = read(made.stdout)
connection.verify()
ip4 = connection.get_setting_ip4_config()
ip6 = connection.get_setting_ip6_config()
seen = [
    ip4.get_method(), ip4.get_address(0).get_address(),
    ip4.get_address(0).get_prefix(), ip4.get_gateway(),
    [ip4.get_dns(i) for i in range(ip4.get_num_dns())],
    ip6.get_method(), ip6.get_address(0).get_address(),
    ip6.get_address(0).get_prefix(), ip6.get_gateway(),
    [ip6.get_dns(i) for i in range(ip6.get_num_dns())],
]
wanted = ['manual', '192.168.1.20', 24, '192.168.1.1', ['8.8.8.8', '1.1.1.1'],
          'manual', 'fd00::20', 64, 'fd00::1', ['2001:db8::53']]
if seen != wanted:
    fail('addresses:', seen)
for words in [
    ['-', '192.168.1.20'], ['-', '192.168.1.20/33'], ['-', '192.168.1/24'],
    ['-', '192.168.1.20/'], ['-', '192.168.1.20/0'], ['-', '-', '10.0.0.1'],
    ['-', '10.0.0.2/8', 'fd00::1'], ['-', '-', '-', 'fd00::1'],
    ['-', '-', '-', 'fd00::1/129'], ['-', '-', '-', '10.0.0.1/8'],
    ['-', '-', '-', '-', '-', 'dns.example'], ['-', '-', '-', '-', '-', ''],
    ['short'], ['a' * 65], ['g' * 64], ['line\nbreak'], ['tab\tinside'],
]:
    if ask('make-wifi', b'home'.hex(), *words).returncode == 0:
        fail('made:', words)
if ask('make-wifi', '').returncode == 0:
    fail('made: an empty SSID')
if ask('make-wifi', (b'x' * 33).hex()).returncode == 0:
    fail('made: an SSID of 33 bytes')

# Texts of every kind: what we see is what NetworkManager sees.
VALUES = [
    'x', ' x ', 'a;b', 'a\\;b', 'a\\\\;b', '65;66;', '65;66', '65; 66 ;',
    ' 65;66;', '300;', '065;', '0065;', ';', '', '\\s', 'x\\s', '\\sx\\t',
    '\\x', 'x\\', '\\\\', 'a=b', '#x', '[x]', '"x"', 'passw0rd', '65;;',
    'gr\u00fcn', '1;2;3;\\s', '\\s65;', '65;\\n66;',
]
HEADS = ['[wifi]', '[802-11-wireless]', ' [wifi] ', '[wifi]\t']
with tempfile.TemporaryDirectory() as folder:
    texts = []
    for value in VALUES:
        for head in HEADS[: 1 if value else 4]:
            texts.append(f'[connection]\ntype=wifi\nid=x\n{head}\n'
                         f'ssid={value}\n[wifi-security]\nkey-mgmt=wpa-psk\n'
                         f'psk={value}\n')
    texts += [
        '[connection]\ntype=wifi\n\n# note\n  [wifi]\n  ssid  =  two words\n',
        '[wifi]\nssid=one\nssid=two\n',
        '[wifi]\nssid=one\n[connection]\nid=x\n[wifi]\nssid=two\n',
        '[wifi]\r\nssid=crlf\r\n',
        '[wifi]\nssid=no newline',
        '[wifi]\nssid\n',
        'ssid=x\n[wifi]\n',
        '[wifi\nssid=x\n',
        '[wifi]x\nssid=x\n',
        '[]\nssid=x\n',
        '[wi[fi]\nssid=x\n',
        '[wifi]\n=x\n',
        '[wifi]\nss[id=x\n',
        '[802-11-wireless]\nssid=x\n[802-11-wireless-security]\npsk=yyyyyyyy\n',
    ]
    names = []
    for number, text in enumerate(texts):
        names.append(os.path.join(folder, str(number)))
        with open(names[-1], 'wb') as file:
            file.write(text.encode())
    lines = ask('check-keyfiles', *names).stdout.decode().split('\n')
    for text, line in zip(texts, lines):
        connection = read(text.encode())
        if connection is None or line.startswith('unreadable'):
            if connection is not None or not line.startswith('unreadable'):
                fail('read by one only:', repr(text), line)
            continue
        ssid, psk, _ = line.split('\t')
        theirs = ssid_of(connection)
        if ssid != ('-' if theirs is None else theirs.hex()):
            fail('SSID of', repr(text), 'is', theirs, 'not', ssid)
        theirs = psk_of(connection)
        if psk != ('-' if theirs is None else theirs.encode().hex()):
            fail('psk of', repr(text), 'is', theirs, 'not', psk)

    # Every secret that libnm knows of.
    secrets = ['[wifi]', 'ssid=shown', '[vpn-secrets]', 'Xauth thing=HIDE',
               '[wireguard-peer.abc=]', 'preshared-key=HIDE',
               '[802-1x]', 'private-key=HIDE', '#psk=HIDE', '# psk = HIDE']
    for name in dir(NM):
        kind = getattr(NM, name)
        if (not name.startswith('Setting') or not isinstance(kind, type) or
                not issubclass(kind, NM.Setting) or kind is NM.Setting):
            continue
        for prop in kind.list_properties():
            if prop.flags & SECRET and prop.name != 'secrets':
                secrets += ['[any]', prop.name + ' = HIDE']
    path = os.path.join(folder, 'secrets')
    with open(path, 'w') as file:
        file.write('\n'.join(secrets))
    redacted = ask('redact-keyfile', path).stdout.decode()
    if 'HIDE' in redacted or 'shown' not in redacted:
        fail('not hidden:', redacted)
    if redacted.count('<hidden>') != len([s for s in secrets if 'HIDE' in s]):
        fail('hidden too much:', redacted)

sys.exit(1 if failures else 0)
