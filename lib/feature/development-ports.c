/* development-ports.c - the serial ports that a boot partition names
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The kernel is told of them by words such as "console=ttyS0,115200n8", see
 * kernel-parameters in Linux; "null" and the screens ("tty1") are no ports.
 */
#include <config.h>

#include <ctype.h>
#include <string.h>

#include "feature/development-ports.h"

#define TEXT_LIMIT (64u << 10) /* bytes of a boot loader's file */
#define WORD	   "console="

static const char *const places[] = {
	"/cmdline.txt",		   /* Raspberry Pi */
	"/extra_uEnv.txt",	   /* U-Boot */
	"/EFI/BOOT/grub.cfg",	   /* PC */
	"/EFI/BOOT/grub_extraenv", /* what is added to that */
	"/grub/grub.cfg",	   /* the same in other releases */
	"/grub/grub_extraenv",
	"/extlinux/extlinux.conf", /* Jetson */
};

/* How much of @text is letters, digits and "_". */
static size_t
plain_length(const char *text)
{
	size_t len = 0;

	while (isalnum((unsigned char)text[len]) || text[len] == '_')
		len++;
	return len;
}

/* A name that is given to the kernel for something else: a screen, nothing, or
 * a chip by its address. */
static bool
is_no_port(const char *name)
{
	return !strcmp(name, "null") || !strcmp(name, "ttynull") ||
	       !strncmp(name, "uart", 4) ||
	       (!strncmp(name, "tty", 3) &&
		name[3 + strspn(name + 3, "0123456789")] == '\0');
}

/* Take the port that the word's value names, if it does. */
static void
add_port(struct serial_ports *found, const char *value)
{
	size_t len = plain_length(value), digits = 0, i;
	struct serial_port port = { 0 };

	if (found->count == SERIAL_PORTS_MAX || len >= sizeof(port.name) ||
	    !isalpha((unsigned char)*value) ||
	    !strchr(", \t\r\n\"'", value[len]))
		return;
	memcpy(port.name, value, len);
	if (value[len] == ',')
		digits = strspn(value + len + 1, "0123456789");
	if (digits < sizeof(port.rate))
		memcpy(port.rate, value + len + 1, digits);
	if (is_no_port(port.name))
		return;
	for (i = 0; i < found->count; i++) {
		if (!strcmp(found->ports[i].name, port.name))
			return;
	}
	found->ports[found->count++] = port;
}

static void
scan_line(struct serial_ports *found, const char *line, const char *end)
{
	const char *at;

	for (at = line; (at = strstr(at, WORD)) != NULL && at < end; at++) {
		if (at == line || strchr(" \t\"'=", at[-1]))
			add_port(found, at + strlen(WORD));
	}
}

static void
scan(struct serial_ports *found, const char *text)
{
	const char *end;

	for (; *text; text = end + (*end == '\n')) {
		end = text + strcspn(text, "\n");
		if (text[strspn(text, " \t")] != '#')
			scan_line(found, text, end);
	}
}

static int
scan_file(struct serial_ports *found, struct volume *boot, const char *path,
	  struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	AUTO_FREE char *text = NULL;
	size_t len;

	if (volume_read_file(boot, path, TEXT_LIMIT, &text, &len, &why) < 0)
		return error_is_finding(&why) ? 0 : error_pass(err, &why);
	scan(found, text);
	return 0;
}

int
serial_ports_find(struct os *os, struct serial_ports *found,
		  struct balimg_error *err)
{
	struct balimg_error why = { 0 };
	struct volume *boot = os_boot(os, NULL, &why);
	size_t i;

	*found = (struct serial_ports){ 0 };
	if (!boot)
		return error_is_finding(&why) ? 0 : error_pass(err, &why);
	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if (scan_file(found, boot, places[i], err) < 0)
			return -1;
	}
	return 0;
}
