/* tar-cut.c - what of a layer's tar file is not in its files
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Only as much of the tar file is understood as it takes to tell headers from
 * contents: kinds, sizes and names, by POSIX (pax) and GNU.  The content of a
 * sparse file is not what the file holds: it stays among the bytes.
 */
#include <config.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/crc64.h"
#include "base/utf8.h"
#include "bundle/pax.h"
#include "bundle/tar-cut.h"

#define BLOCK	   512u
#define META_LIMIT (1u << 20)  /* bytes of one extended header */
#define RAW_LIMIT  (64u << 10) /* bytes between contents, in one line */

/* Fields of a header: where they are, and how long. */
#define NAME	   0
#define NAME_LEN   100
#define SIZE	   124
#define SIZE_LEN   12
#define TYPE	   156
#define MAGIC	   257
#define PREFIX	   345
#define PREFIX_LEN 155

enum part {
	PART_HEADER,
	PART_META,  /* an extended header */
	PART_FILE,  /* a content */
	PART_OTHER, /* what is none */
	PART_END,   /* behind the last entry */
};

struct tar_cut {
	struct sink head; /* first */
	struct sink *lines;
	enum part part;
	uint64_t left;	  /* bytes of the part */
	unsigned padding; /* and behind it */
	uint8_t header[BLOCK];
	size_t header_len;
	struct buffer meta; /* of the extended header under way */
	char meta_type;
	struct buffer name; /* that extended headers gave */
	bool named, sized, sparse;
	uint64_t given;	   /* the size that they gave */
	struct buffer raw; /* bytes for the next line of type 2 */
	struct buffer line;
	uint64_t crc, size;
	uint64_t position, entries, bytes;
	struct crc64 sums;
};

/* ---- lines --------------------------------------------------------- */

static int
put_line(struct tar_cut *cut, struct balimg_error *err)
{
	int rc;

	buffer_printf(&cut->line, ",\"position\":%" PRIu64 "}\n",
		      cut->position++);
	if (cut->line.failed)
		return error_nomem(err);
	rc = sink_write(cut->lines, cut->line.data, cut->line.len, err);
	cut->line.len = 0;
	return rc;
}

static int
put_base64(struct buffer *line, const void *data, size_t len,
	   struct balimg_error *err)
{
	char *text = malloc(BASE64_ENCODED_SIZE(len));

	if (!text)
		return error_nomem(err);
	base64_encode(data, len, text);
	buffer_printf(line, "\"%s\"", text);
	free(text);
	return 0;
}

/* The bytes that came between contents so far. */
static int
put_raw(struct tar_cut *cut, struct balimg_error *err)
{
	if (!cut->raw.len)
		return 0;
	buffer_puts(&cut->line, "{\"type\":2,\"payload\":");
	if (put_base64(&cut->line, cut->raw.data, cut->raw.len, err) < 0)
		return -1;
	cut->raw.len = 0;
	return put_line(cut, err);
}

static int
add_raw(struct tar_cut *cut, const void *data, size_t len,
	struct balimg_error *err)
{
	buffer_add(&cut->raw, data, len);
	if (cut->raw.failed || cut->name.failed)
		return error_nomem(err);
	return cut->raw.len < RAW_LIMIT ? 0 : put_raw(cut, err);
}

static void
put_text(struct buffer *line, const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == '"' ||
		    *text == '\\')
			buffer_printf(line, "\\u%04x", (unsigned char)*text);
		else
			buffer_add(line, text, 1);
	}
}

/* An entry, whose content came by. */
static int
put_entry(struct tar_cut *cut, struct balimg_error *err)
{
	const char *name = cut->name.len ? cut->name.data : "";
	struct buffer *line = &cut->line;
	uint8_t sum[8];

	buffer_puts(line, "{\"type\":1");
	if (*name && utf8_is_valid(name, cut->name.len)) {
		buffer_puts(line, ",\"name\":\"");
		put_text(line, name);
		buffer_puts(line, "\"");
	} else if (*name) {
		buffer_puts(line, ",\"name_raw\":");
		if (put_base64(line, name, cut->name.len, err) < 0)
			return -1;
	}
	if (cut->size)
		buffer_printf(line, ",\"size\":%" PRIu64, cut->size);
	buffer_puts(line, ",\"payload\":");
	if (cut->size) {
		be64_put(sum, cut->crc);
		if (put_base64(line, sum, sizeof(sum), err) < 0)
			return -1;
	} else {
		buffer_puts(line, "null");
	}
	cut->name.len = 0;
	cut->named = cut->sized = cut->sparse = false;
	cut->bytes += cut->size;
	cut->entries++;
	return put_line(cut, err);
}

/* ---- headers ------------------------------------------------------- */

static size_t
field_len(const uint8_t *field, size_t room)
{
	const uint8_t *end = memchr(field, 0, room);

	return end ? (size_t)(end - field) : room;
}

/* Octal digits, or, after a first byte of 0x80, binary. */
static int
read_size(const uint8_t *field, uint64_t *size, struct balimg_error *err)
{
	size_t i;

	*size = 0;
	if (field[0] & 0x80) {
		for (i = 1; i < SIZE_LEN - 8; i++)
			*size |= field[i];
		if (field[0] == 0x80 && !*size) {
			*size = be64_get(field + SIZE_LEN - 8);
			return 0;
		}
	} else {
		for (i = 0; i < SIZE_LEN && field[i] == ' '; i++)
			continue;
		for (; i < SIZE_LEN && field[i] >= '0' && field[i] <= '7'; i++)
			*size = *size << 3 | (uint64_t)(field[i] - '0');
		if (i == SIZE_LEN || !field[i] || field[i] == ' ')
			return 0;
	}
	return error_set(err, BALIMG_E_INVALID,
			 "the size of an entry of the tar file is damaged");
}

/* The name that the header itself gives. */
static void
take_name(struct tar_cut *cut)
{
	const uint8_t *header = cut->header;
	size_t prefix = field_len(header + PREFIX, PREFIX_LEN);

	if (cut->named)
		return;
	cut->name.len = 0;
	if (!memcmp(header + MAGIC, "ustar", 6) && prefix) {
		buffer_add(&cut->name, header + PREFIX, prefix);
		buffer_puts(&cut->name, "/");
	}
	buffer_add(&cut->name, header + NAME,
		   field_len(header + NAME, NAME_LEN));
}

static void
begin_part(struct tar_cut *cut, enum part part, uint64_t size)
{
	cut->part = part;
	cut->left = size;
	cut->padding = (unsigned)(-size % BLOCK);
}

/* What the header, which is complete, begins. */
static int
begin_entry(struct tar_cut *cut, struct balimg_error *err)
{
	char type = (char)cut->header[TYPE];
	uint64_t size;

	if (bytes_are_zero(cut->header, BLOCK)) {
		begin_part(cut, PART_END, UINT64_MAX);
		return 0;
	}
	if (read_size(cut->header + SIZE, &size, err) < 0)
		return -1;
	if (type && strchr("xgLK", type)) {
		if (size > META_LIMIT)
			return error_set(err, BALIMG_E_INVALID,
					 "an entry of the tar file has a "
					 "header of %" PRIu64 " bytes",
					 size);
		cut->meta.len = 0;
		cut->meta_type = type;
		begin_part(cut, PART_META, size);
		return 0;
	}
	if (cut->sized)
		size = cut->given;
	if (size > INT64_MAX)
		return error_set(err, BALIMG_E_INVALID,
				 "an entry of the tar file is larger than any "
				 "file");
	take_name(cut);
	/* Links, devices, directories and FIFOs have no content. */
	if (type && strchr("123456", type))
		size = 0;
	if (type == 'S')
		cut->sparse = true;
	cut->crc = 0;
	cut->size = cut->sparse ? 0 : size;
	begin_part(cut, cut->sparse ? PART_OTHER : PART_FILE, size);
	if (put_raw(cut, err) < 0)
		return -1;
	return cut->size ? 0 : put_entry(cut, err);
}

/* ---- extended headers ---------------------------------------------- */

static void
take_record(struct tar_cut *cut, const struct pax_record *record)
{
	char digits[24];

	if (pax_is(record, "path")) {
		cut->name.len = 0;
		buffer_add(&cut->name, record->value,
			   strnlen(record->value, record->len));
		cut->named = record->len > 0;
	} else if (pax_is(record, "size") && record->len < sizeof(digits)) {
		memcpy(digits, record->value, record->len);
		digits[record->len] = '\0';
		cut->given = strtoull(digits, NULL, 10);
		cut->sized = record->len > 0;
	} else if (record->key_len > 11 &&
		   !memcmp(record->key, "GNU.sparse.", 11)) {
		cut->sparse = true;
	}
}

static void
take_records(struct tar_cut *cut)
{
	const char *at = cut->meta.data;
	const char *end = at + cut->meta.len;
	struct pax_record record;

	while (pax_next(&at, end, &record))
		take_record(cut, &record);
}

static int
end_meta(struct tar_cut *cut, struct balimg_error *err)
{
	buffer_add(&cut->meta, "", 0);
	if (cut->meta.failed)
		return error_nomem(err);
	if (cut->meta_type == 'x') {
		take_records(cut);
	} else if (cut->meta_type == 'L') {
		cut->name.len = 0;
		buffer_add(&cut->name, cut->meta.data, strlen(cut->meta.data));
		cut->named = true;
	} else if (cut->meta_type == 'g') {
		/* To the engine, an entry of its own. */
		take_name(cut);
		cut->size = 0;
		if (put_raw(cut, err) < 0)
			return -1;
		cut->entries--;
		return put_entry(cut, err);
	}
	return 0;
}

/* ---- the bytes ----------------------------------------------------- */

/* Take the part's next bytes, @len at most; *@used: how many. */
static int
take_part(struct tar_cut *cut, const char *data, size_t len, size_t *used,
	  struct balimg_error *err)
{
	size_t now = cut->left < len ? (size_t)cut->left : len;

	*used = now;
	if (cut->part != PART_END)
		cut->left -= now;
	if (cut->part == PART_FILE) {
		cut->crc = crc64_add(&cut->sums, cut->crc, data, now);
		return cut->left || !now ? 0 : put_entry(cut, err);
	}
	if (add_raw(cut, data, now, err) < 0)
		return -1;
	if (cut->part != PART_META)
		return 0;
	buffer_add(&cut->meta, data, now);
	return cut->left ? 0 : end_meta(cut, err);
}

static int
take_header(struct tar_cut *cut, const char *data, size_t len, size_t *used,
	    struct balimg_error *err)
{
	size_t now = BLOCK - cut->header_len;

	if (now > len)
		now = len;
	*used = now;
	memcpy(cut->header + cut->header_len, data, now);
	cut->header_len += now;
	if (add_raw(cut, data, now, err) < 0)
		return -1;
	if (cut->header_len < BLOCK)
		return 0;
	cut->header_len = 0;
	return begin_entry(cut, err);
}

static int
take_padding(struct tar_cut *cut, const char *data, size_t len, size_t *used,
	     struct balimg_error *err)
{
	*used = cut->padding < len ? cut->padding : len;
	cut->padding -= (unsigned)*used;
	return add_raw(cut, data, *used, err);
}

static int
write_cut(struct sink *sink, const void *data, size_t len,
	  struct balimg_error *err)
{
	struct tar_cut *cut = (struct tar_cut *)sink;
	const char *at = data;
	size_t used;
	int rc;

	for (; len; len -= used, at += used) {
		if (cut->part != PART_HEADER && cut->left)
			rc = take_part(cut, at, len, &used, err);
		else if (cut->part != PART_HEADER && cut->padding)
			rc = take_padding(cut, at, len, &used, err);
		else
			rc = take_header(cut, at, len, &used, err);
		if (rc < 0)
			return -1;
		if (!cut->left && !cut->padding)
			cut->part = PART_HEADER;
	}
	return 0;
}

struct tar_cut *
tar_cut_open(struct sink *lines, struct balimg_error *err)
{
	struct tar_cut *cut = calloc(1, sizeof(*cut));

	if (!cut) {
		error_nomem(err);
		return NULL;
	}
	cut->head.write = write_cut;
	cut->lines = lines;
	crc64_prepare(&cut->sums);
	return cut;
}

struct sink *
tar_cut_sink(struct tar_cut *cut)
{
	return &cut->head;
}

int
tar_cut_finish(struct tar_cut *cut, uint64_t *entries, uint64_t *bytes,
	       struct balimg_error *err)
{
	if (cut->part != PART_END &&
	    (cut->part != PART_HEADER || cut->header_len))
		return error_set(err, BALIMG_E_INVALID,
				 "the tar file is cut short");
	*entries = cut->entries;
	*bytes = cut->bytes;
	return put_raw(cut, err);
}

void
tar_cut_close(struct tar_cut *cut)
{
	if (!cut)
		return;
	buffer_free(&cut->meta);
	buffer_free(&cut->name);
	buffer_free(&cut->raw);
	buffer_free(&cut->line);
	free(cut);
}
