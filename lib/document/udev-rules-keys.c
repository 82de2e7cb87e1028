/* udev-rules-keys.c - what each key of a udev rule takes
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * One table says which operators and attributes a key takes.  An operator
 * that udevd reads as '=' with a complaint is a warning; one that makes it
 * drop the rule is an error.  Unknown keys, options and builtins are
 * warnings only: the device's udevd may be newer, or older, than this list.
 */
#include <config.h>

#include <string.h>

#include "document/udev-rules-lint.h"

#define MATCHES UDEV_OPS_MATCH
#define ASSIGNS (UDEV_OP_ASSIGN | UDEV_OP_FINAL)
#define ADDS	(ASSIGNS | UDEV_OP_ADD)

enum attribute_use {
	ATTRIBUTE_NONE,
	ATTRIBUTE_MAY,
	ATTRIBUTE_MUST,
};

/* Which values may hold substitutions such as %k and $env{...}. */
enum format_use {
	FORMAT_NEVER,
	FORMAT_ASSIGNED,
	FORMAT_ALWAYS,
};

struct key {
	const char *name;
	enum attribute_use attribute;
	unsigned ops;	  /* that it takes */
	unsigned assumed; /* that udevd reads as '=' */
	unsigned newer;	  /* that it takes in systemd after 252 only */
	enum format_use format;
	bool acts; /* even with a match operator */
	/* The attributes there are, ended by NULL; NULL: any. */
	const char *const *attributes;
};

static const char *const const_names[] = { "arch", "cvm", "virt", NULL };
static const char *const import_names[] = { "builtin", "cmdline", "db", "file",
					    "parent",  "program", NULL };
static const char *const run_names[] = { "builtin", "program", NULL };

static const struct key keys[] = {
	{ .name = "ACTION", .ops = MATCHES },
	{ .name = "ATTR",
	  .attribute = ATTRIBUTE_MUST,
	  .ops = MATCHES | UDEV_OP_ASSIGN,
	  .assumed = UDEV_OP_ADD | UDEV_OP_FINAL,
	  .format = FORMAT_ASSIGNED },
	{ .name = "ATTRS", .attribute = ATTRIBUTE_MUST, .ops = MATCHES },
	{ .name = "CONST",
	  .attribute = ATTRIBUTE_MUST,
	  .attributes = const_names,
	  .ops = MATCHES },
	{ .name = "DEVPATH", .ops = MATCHES },
	{ .name = "DRIVER", .ops = MATCHES },
	{ .name = "DRIVERS", .ops = MATCHES },
	{ .name = "ENV",
	  .attribute = ATTRIBUTE_MUST,
	  .ops = MATCHES | UDEV_OP_ASSIGN | UDEV_OP_ADD,
	  .assumed = UDEV_OP_FINAL,
	  .format = FORMAT_ASSIGNED },
	{ .name = "GOTO", .ops = UDEV_OP_ASSIGN },
	{ .name = "GROUP",
	  .ops = ASSIGNS,
	  .assumed = UDEV_OP_ADD,
	  .format = FORMAT_ASSIGNED },
	{ .name = "IMPORT",
	  .attribute = ATTRIBUTE_MUST,
	  .attributes = import_names,
	  .ops = MATCHES | ADDS,
	  .format = FORMAT_ALWAYS,
	  .acts = true },
	{ .name = "KERNEL", .ops = MATCHES },
	{ .name = "KERNELS", .ops = MATCHES },
	{ .name = "LABEL", .ops = UDEV_OP_ASSIGN },
	{ .name = "MODE",
	  .ops = ASSIGNS,
	  .assumed = UDEV_OP_ADD,
	  .format = FORMAT_ASSIGNED },
	{ .name = "NAME",
	  .ops = MATCHES | ASSIGNS,
	  .assumed = UDEV_OP_ADD,
	  .format = FORMAT_ASSIGNED },
	{ .name = "OPTIONS", .ops = ADDS },
	{ .name = "OWNER",
	  .ops = ASSIGNS,
	  .assumed = UDEV_OP_ADD,
	  .format = FORMAT_ASSIGNED },
	{ .name = "PROGRAM",
	  .ops = MATCHES | ADDS,
	  .format = FORMAT_ALWAYS,
	  .acts = true },
	{ .name = "RESULT", .ops = MATCHES },
	{ .name = "RUN",
	  .attribute = ATTRIBUTE_MAY,
	  .attributes = run_names,
	  .ops = ADDS,
	  .format = FORMAT_ASSIGNED },
	{ .name = "SECLABEL",
	  .attribute = ATTRIBUTE_MUST,
	  .ops = UDEV_OP_ASSIGN | UDEV_OP_ADD,
	  .assumed = UDEV_OP_FINAL,
	  .format = FORMAT_ASSIGNED },
	{ .name = "SUBSYSTEM", .ops = MATCHES },
	{ .name = "SUBSYSTEMS", .ops = MATCHES },
	{ .name = "SYMLINK",
	  .ops = MATCHES | ADDS,
	  .newer = UDEV_OP_REMOVE,
	  .format = FORMAT_ASSIGNED },
	{ .name = "SYSCTL",
	  .attribute = ATTRIBUTE_MUST,
	  .ops = MATCHES | UDEV_OP_ASSIGN,
	  .assumed = UDEV_OP_ADD | UDEV_OP_FINAL,
	  .format = FORMAT_ASSIGNED },
	{ .name = "TAG",
	  .ops = MATCHES | UDEV_OP_ASSIGN | UDEV_OP_ADD | UDEV_OP_REMOVE,
	  .assumed = UDEV_OP_FINAL,
	  .format = FORMAT_ASSIGNED },
	{ .name = "TAGS", .ops = MATCHES },
	{ .name = "TEST",
	  .attribute = ATTRIBUTE_MAY,
	  .ops = MATCHES,
	  .format = FORMAT_ALWAYS },
};

/* The device's own properties, which a rule cannot set. */
static const char *const fixed_properties[] = {
	"ACTION",    "DEVLINKS", "DEVNAME", "DEVPATH", "DEVTYPE",
	"DRIVER",    "IFINDEX",	 "MAJOR",   "MINOR",   "SEQNUM",
	"SUBSYSTEM", "TAGS",	 NULL,
};

static const char *const builtins[] = {
	"blkid",      "btrfs",	  "dissect_image",  "factory_reset",
	"hwdb",	      "input_id", "keyboard",	    "kmod",
	"net_driver", "net_id",	  "net_setup_link", "path_id",
	"tpm2_id",    "uaccess",  "usb_id",	    NULL,
};

static const char *const options[] = {
	"db_persist",
	"dump",
	"nowatch",
	"string_escape=none",
	"string_escape=replace",
	"watch",
	NULL,
};

static const char *const option_heads[] = {
	"link_priority=",
	"log_level=",
	"static_node=",
	NULL,
};

static bool
slice_is_in(struct slice slice, const char *const *list)
{
	for (; *list; list++)
		if (slice_is(slice, *list))
			return true;
	return false;
}

static bool
slice_begins(struct slice slice, const char *const *heads)
{
	for (; *heads; heads++)
		if (slice.len > strlen(*heads) &&
		    !memcmp(slice.at, *heads, strlen(*heads)))
			return true;
	return false;
}

static const struct key *
find_key(struct slice name)
{
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (slice_is(name, keys[i].name))
			return &keys[i];
	return NULL;
}

bool
udev_token_has_effect(const struct udev_token *token)
{
	const struct key *key = find_key(token->key);

	return !(token->op & MATCHES) || (key && key->acts);
}

/* The length of the substitution at @p, within @len bytes, or 0 if it is
 * none; *@takes_attribute: it means nothing without {...}. */
static size_t
substitution_len(const char *p, size_t len, bool *takes_attribute)
{
	static const char letters[] = "%EsknpbMmcPDLrSN";
	static const char *const names[] = {
		"$",	"devnode", "tempnode", "attr",	 "sysfs",
		"env",	"kernel",  "number",   "driver", "devpath",
		"id",	"major",   "minor",    "result", "parent",
		"name", "links",   "root",     "sys",
	};
	size_t i;

	*takes_attribute = false;
	if (*p == '%') {
		if (len < 2 || !memchr(letters, p[1], sizeof(letters) - 1))
			return 0;
		*takes_attribute = p[1] == 's' || p[1] == 'E';
		return 2;
	}
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t name_len = strlen(names[i]);

		if (name_len < len && !memcmp(p + 1, names[i], name_len)) {
			*takes_attribute = !strcmp(names[i], "attr") ||
					   !strcmp(names[i], "sysfs") ||
					   !strcmp(names[i], "env");
			return 1 + name_len;
		}
	}
	return 0;
}

/* Say which %x and $name are no substitutions: a shell's $1 must be written
 * $$1 in a rule. */
static void
judge_format(const struct udev_token *token, struct slice text,
	     struct udev_lint *lint)
{
	bool takes_attribute;
	size_t at;
	size_t len;

	for (at = 0; at < text.len; at += len ? len : 1) {
		struct slice rest = { text.at + at, text.len - at };

		len = 0;
		if (*rest.at != '%' && *rest.at != '$')
			continue;
		len = substitution_len(rest.at, rest.len, &takes_attribute);
		if (len && (!takes_attribute ||
			    (len < rest.len && rest.at[len] == '{')))
			continue;
		if (rest.len > 12)
			rest.len = 12;
		udev_lint_say(lint, false,
			      "\"%.*s\" in %.*s is no substitution; the sign "
			      "itself is written %c%c",
			      UDEV_SLICE_ARGS(rest),
			      UDEV_SLICE_ARGS(token->key), *rest.at, *rest.at);
		return;
	}
}

static bool
judge_operator(const struct udev_token *token, const struct key *key,
	       struct udev_lint *lint)
{
	const char *op = udev_op_text(token->op);

	if (token->op & key->ops)
		return true;
	if (token->op & key->assumed)
		udev_lint_say(lint, false,
			      "%s does not take %s; udevd reads it as =",
			      key->name, op);
	else if (token->op & key->newer)
		udev_lint_say(lint, false,
			      "%s%s is new; systemd 252 and older drop the "
			      "rule",
			      key->name, op);
	else
		udev_lint_say(lint, true, "%s does not take %s", key->name,
			      op);
	return token->op & (key->assumed | key->newer);
}

static bool
is_octal(struct slice slice)
{
	return slice.len && slice.len <= 4 &&
	       strspn(slice.at, "01234567") >= slice.len;
}

static bool
judge_attribute(const struct udev_token *token, const struct key *key,
		struct udev_lint *lint)
{
	struct slice attribute = token->attribute;

	if (key->attribute == ATTRIBUTE_NONE && attribute.at)
		udev_lint_say(lint, true, "%s does not take {%.*s}", key->name,
			      UDEV_SLICE_ARGS(attribute));
	else if (key->attribute == ATTRIBUTE_MUST && attribute.len == 0)
		udev_lint_say(lint, true, "%s needs a name in braces",
			      key->name);
	else if (attribute.at && key->attributes &&
		 !slice_is_in(attribute, key->attributes))
		udev_lint_say(lint, true, "%s{%.*s} does not exist", key->name,
			      UDEV_SLICE_ARGS(attribute));
	else if (attribute.at && attribute.len &&
		 key->attribute == ATTRIBUTE_MAY && !key->attributes &&
		 !is_octal(attribute))
		udev_lint_say(lint, true, "%s{%.*s} is not an octal mode",
			      key->name, UDEV_SLICE_ARGS(attribute));
	else
		return true;
	return false;
}

/* A builtin is called by the first word of the value. */
static bool
judge_builtin(const struct udev_token *token, struct udev_lint *lint)
{
	struct slice word = { token->value.at, 0 };

	while (word.len < token->value.len && word.at[word.len] != ' ')
		word.len++;
	if (slice_is_in(word, builtins))
		return true;
	udev_lint_say(lint, false, "unknown builtin \"%.*s\"",
		      UDEV_SLICE_ARGS(word));
	return false;
}

static bool
judge_option(const struct udev_token *token, struct udev_lint *lint)
{
	static const char priority[] = "link_priority=";
	struct slice value = token->value;
	size_t head = strlen(priority);

	if (!slice_is_in(value, options) &&
	    !slice_begins(value, option_heads)) {
		udev_lint_say(lint, false, "unknown option \"%.*s\"",
			      UDEV_SLICE_ARGS(value));
		return true;
	}
	if (value.len < head || memcmp(value.at, priority, head) != 0)
		return true;
	value.at += head;
	value.len -= head;
	if (value.len && (*value.at == '-' || *value.at == '+')) {
		value.at++;
		value.len--;
	}
	if (value.len && strspn(value.at, "0123456789") >= value.len)
		return true;
	udev_lint_say(lint, true, "the link priority is not a number");
	return false;
}

static bool
judge_env(const struct udev_token *token, struct udev_lint *lint)
{
	if (token->op & MATCHES ||
	    !slice_is_in(token->attribute, fixed_properties))
		return true;
	udev_lint_say(lint, true, "ENV{%.*s} cannot be set",
		      UDEV_SLICE_ARGS(token->attribute));
	return false;
}

static bool
judge_name(const struct udev_token *token, struct udev_lint *lint)
{
	if (token->op & MATCHES ||
	    (token->value.len && !slice_is(token->value, "%k")))
		return true;
	udev_lint_say(lint, false,
		      "NAME=\"%.*s\" has no effect; udevd ignores the rule",
		      UDEV_SLICE_ARGS(token->value));
	return false;
}

static bool
judge_value(const struct udev_token *token, const struct key *key,
	    struct udev_lint *lint)
{
	if (key->format == FORMAT_ALWAYS ||
	    (key->format == FORMAT_ASSIGNED && !(token->op & MATCHES)))
		judge_format(token, token->value, lint);
	if (key->attributes && slice_is(token->attribute, "builtin"))
		return judge_builtin(token, lint);
	if (!strcmp(key->name, "OPTIONS"))
		return judge_option(token, lint);
	if (!strcmp(key->name, "ENV"))
		return judge_env(token, lint);
	if (!strcmp(key->name, "NAME"))
		return judge_name(token, lint);
	return true;
}

bool
udev_token_judge(const struct udev_token *token, struct udev_lint *lint)
{
	const struct key *key = find_key(token->key);

	if (!key) {
		udev_lint_say(lint, false,
			      "unknown key %.*s; udevd ignores the rule",
			      UDEV_SLICE_ARGS(token->key));
		return false;
	}
	return judge_attribute(token, key, lint) &&
	       judge_operator(token, key, lint) &&
	       judge_value(token, key, lint);
}
