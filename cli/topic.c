/* topic.c - what is to be said once for all commands
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stddef.h>

#include "topic.h"

const char topic_purpose[] =
	"balimg customises balenaOS disk images, without booting them and "
	"without root: configuration, boot splash, udev rules, SSH keys, "
	"networks, development mode, host OS updates, and any file in them.";

const char topic_edits[] =
	"An edit is written in place, all of it or nothing: whatever "
	"interrupts it, the image is as it was or as it should be, or the "
	"next edit, or `balimg repair`, finishes the work. `--dry-run` shows "
	"what would change. `--output` leaves IMAGE alone and writes a "
	"changed copy. `--undo` keeps what is needed to take the change "
	"back. An edit that changes nothing writes nothing.";

const char topic_images[] =
	"IMAGE is a raw disk image, a block device, such as a card in a "
	"reader, or a virtual machine's disk (qcow2, VMDK, VDI).\n\n"
	"IMAGE:PART/PATH is a file in it. PART is a partition's number, GPT "
	"name, label, or role (`boot`, `rootA`, `rootB`, `state`, `data`); "
	"`balimg ls IMAGE` lists them. An image without a partition table is "
	"addressed as IMAGE:/PATH. If a file has the whole text for its "
	"name, it is the image.\n\n"
	"Since 2.5.0 a root partition holds the system as layers in the "
	"store of its container engine. IMAGE:rootA/PATH is the file that "
	"the running system would see; IMAGE:rootA//PATH is one of the "
	"partition itself.";

const char topic_values[] =
	"`KEY=@FILE` takes the value from a file, less one final newline, "
	"and `KEY=@-` from standard input. `KEY=VALUE` gives it as it "
	"stands; `KEY=@@VALUE` is a value that begins with an @. The value "
	"gets the type that the key has: `developmentMode=true` is a "
	"boolean. `KEY:=JSON` gives it as JSON, and `KEY:=@FILE` takes the "
	"JSON from a file.\n\n"
	"A key is dotted, `os.network.connectivity.uri`; a dot that belongs "
	"to a name is written `\\.`. `balimg config keys` lists the known "
	"ones.";

const char topic_secrets[] =
	"Keys and passwords (apiKey, deviceApiKey, psk, ...) are shown as "
	"<hidden> unless `--show-secrets` is given. Give them as `@FILE` or "
	"on standard input: other users of the computer can read a command "
	"line.";

const struct example topic_examples[] = {
	{ "balimg info sdcard.img", "Look at an image:" },
	{ "balimg customize sdcard.img --set hostname=kiosk "
	  "--ssh-key key.pub",
	  "Give it a name and a key, in one write:" },
	{ "balimg config set -n sdcard.img ntpServers=ntp.example.com",
	  "See what an edit would do:" },
	{ 0 },
};

const struct topic_status topic_statuses[] = {
	{ 0, "done, or there was nothing to do" },
	{ 1, "the answer is no: `check` found faults" },
	{ 2, "the command line is wrong" },
	{ 3, "the input is damaged, malformed, or not supported" },
	{ 4, "what was named is not there" },
	{ 5, "refused, because it would endanger the device or the data" },
	{ 6, "could not: reading, writing, space, memory, permission" },
	{ 130, "interrupted" },
	{ 0, NULL },
};

const struct topic_variable topic_variables[] = {
	{ "NO_COLOR", "if it is set and not empty, output has no colours" },
	{ "SOURCE_DATE_EPOCH", "seconds since 1970 to write as the time of "
			       "changed files, so that the same edit makes "
			       "the same bytes" },
	{ "SSH_AUTH_SOCK", "where `balimg ssh add --agent` finds the agent" },
	{ "TMPDIR", "where `balimg config edit` keeps its copy, unless "
		    "XDG_RUNTIME_DIR is set" },
	{ "VISUAL", "the editor for `balimg config edit`; EDITOR if it is "
		    "not set, else `vi`" },
	{ NULL, NULL },
};
