/* tar-split.c - a layer's tar file, made again from its files
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <string.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/crc64.h"
#include "bundle/tar-split.h"
#include "document/json.h"

/* The engine cuts what is longer. */
#define SEGMENT_LIMIT (4u << 20) /* bytes */
#define LINE_LIMIT    (8u << 20) /* bytes of a line of text */
#define PIECE	      (256u << 10)

enum {
	TYPE_FILE = 1,
	TYPE_SEGMENT = 2
};

struct tar_split {
	struct tar_split_input *input;
	struct crc64 crc64;
	const char *text; /* that was not looked at */
	size_t text_len;
	struct buffer line; /* so far */
	bool text_ended;

	struct source *file; /* whose content comes next, or NULL */
	uint64_t at, sum, want;
	char name[256]; /* of it, cut, for messages */
	uint8_t *piece;
	size_t piece_room;
};

struct tar_split *
tar_split_open(struct tar_split_input *input, struct balimg_error *err)
{
	AUTO_TAR_SPLIT struct tar_split *split = calloc(1, sizeof(*split));

	if (split)
		split->piece = malloc(PIECE);
	if (!split || !split->piece) {
		error_nomem(err);
		return NULL;
	}
	split->piece_room = PIECE;
	split->input = input;
	crc64_prepare(&split->crc64);
	return STEAL(split);
}

void
tar_split_close(struct tar_split *split)
{
	if (!split)
		return;
	source_close(split->file);
	buffer_free(&split->line);
	free(split->piece);
	free(split);
}

static int
say_malformed(struct balimg_error *err)
{
	return error_set(err, BALIMG_E_INVALID,
			 "the record of the layer's tar file is damaged");
}

/* ---- lines --------------------------------------------------------- */

/* Add to ->line what there is of it; *@whole: its end was seen. */
static int
add_text(struct tar_split *split, bool *whole, struct balimg_error *err)
{
	const char *end = memchr(split->text, '\n', split->text_len);
	size_t len = end ? (size_t)(end - split->text) : split->text_len;

	if (len > LINE_LIMIT - split->line.len)
		return say_malformed(err);
	buffer_add(&split->line, split->text, len);
	if (split->line.failed)
		return error_nomem(err);
	*whole = end != NULL;
	split->text += len + *whole;
	split->text_len -= len + *whole;
	return 0;
}

/* Put the next line into ->line; it is empty at the end. */
static int
next_line(struct tar_split *split, struct balimg_error *err)
{
	bool whole = false;

	buffer_splice(&split->line, 0, split->line.len, "", 0);
	while (!whole || !split->line.len) {
		if (!split->text_len && !split->text_ended) {
			if (split->input->text(split->input, &split->text,
					       &split->text_len, err) < 0)
				return -1;
			split->text_ended = !split->text_len;
		}
		if (split->text_ended)
			return 0;
		if (add_text(split, &whole, err) < 0)
			return -1;
	}
	return 0;
}

/* *@record: what the next line says; NULL at the end. */
static int
next_record(struct tar_split *split, json_t **record, struct balimg_error *err)
{
	json_error_t why;

	*record = NULL;
	if (next_line(split, err) < 0)
		return -1;
	if (!split->line.len)
		return 0;
	*record = json_load_again(split->line.data, split->line.len, 0, &why);
	if (*record)
		return 0;
	return json_error_code(&why) == json_error_out_of_memory ||
			       json_error_code(&why) == json_error_unknown ?
		       error_nomem(err) :
		       say_malformed(err);
}

/* ---- records ------------------------------------------------------- */

/* The bytes that the text of @value stands for, to ->piece. */
static int
decode(struct tar_split *split, const json_t *value, size_t *len,
       struct balimg_error *err)
{
	const char *text = json_string_value(value);
	size_t text_len = json_string_length(value);
	size_t room = BASE64_DECODED_SIZE(text_len) + 1;
	uint8_t *grown;

	if (!text || room > SEGMENT_LIMIT)
		return say_malformed(err);
	if (room > split->piece_room) {
		grown = realloc(split->piece, room);
		if (!grown)
			return error_nomem(err);
		split->piece = grown;
		split->piece_room = room;
	}
	return base64_decode(text, text_len, split->piece, len) ?
		       0 :
		       say_malformed(err);
}

/* "./etc//passwd" as "etc/passwd", in place; false if it leads up. */
static bool
clean_name(char *name)
{
	const char *from = name;
	char *to = name;
	size_t len;

	for (; *from; from += len + (from[len] == '/')) {
		len = strcspn(from, "/");
		if (!len || (len == 1 && *from == '.'))
			continue;
		if (len == 2 && !strncmp(from, "..", 2))
			return false;
		if (to > name)
			*to++ = '/';
		memmove(to, from, len);
		to += len;
	}
	*to = '\0';
	return to > name;
}

/* The record's name, new. */
static char *
take_name(struct tar_split *split, const json_t *record,
	  struct balimg_error *err)
{
	const json_t *raw = json_object_get(record, "name_raw");
	const char *text = json_string_value(json_object_get(record, "name"));
	char *name = NULL;
	size_t len = 0;

	if (raw) {
		if (decode(split, raw, &len, err) < 0)
			return NULL;
		split->piece[len] = '\0';
		text = (const char *)split->piece;
	}
	if (!text || (raw && strlen(text) != len)) {
		say_malformed(err);
		return NULL;
	}
	name = strdup(text);
	if (!name) {
		error_nomem(err);
	} else if (!clean_name(name)) {
		free(STEAL(name));
		say_malformed(err);
	}
	return name;
}

/* The content of a file comes next. */
static int
begin_file(struct tar_split *split, const json_t *record,
	   struct balimg_error *err)
{
	json_int_t size = json_integer_value(json_object_get(record, "size"));
	AUTO_FREE char *name = NULL;
	size_t len;

	if (size < 0)
		return say_malformed(err);
	if (!size)
		return 0;
	name = take_name(split, record, err);
	if (!name ||
	    decode(split, json_object_get(record, "payload"), &len, err) < 0)
		return -1;
	if (len != 8)
		return say_malformed(err);
	split->want = be64_get(split->piece);
	split->at = split->sum = 0;
	split->name[0] = '\0';
	strncat(split->name, name, sizeof(split->name) - 1);
	split->file = split->input->open(split->input, name, err);
	if (!split->file)
		return -1;
	if (source_size(split->file) == (uint64_t)size)
		return 0;
	return error_set(err, BALIMG_E_INVALID, "%s has another size",
			 split->name);
}

/* The next bytes of ->file, which is closed at its end. */
static int
read_file(struct tar_split *split, size_t *len, struct balimg_error *err)
{
	uint64_t left = source_size(split->file) - split->at;

	*len = left < PIECE ? (size_t)left : PIECE;
	if (source_read(split->file, split->at, split->piece, *len, err) < 0)
		return -1;
	split->sum = crc64_add(&split->crc64, split->sum, split->piece, *len);
	split->at += *len;
	if (*len < left)
		return 0;
	source_close(STEAL(split->file));
	if (split->sum == split->want)
		return 0;
	return error_set(err, BALIMG_E_INVALID, "%s has another sum",
			 split->name);
}

int
tar_split_read(struct tar_split *split, const void **piece, size_t *len,
	       struct balimg_error *err)
{
	json_int_t type;
	int rc = 0;

	*len = 0;
	while (rc == 0 && !*len) {
		json_auto_t *record = NULL;

		if (split->file) {
			rc = read_file(split, len, err);
			continue;
		}
		if (next_record(split, &record, err) < 0)
			return -1;
		if (!record)
			break;
		type = json_integer_value(json_object_get(record, "type"));
		if (type == TYPE_SEGMENT)
			rc = decode(split, json_object_get(record, "payload"),
				    len, err);
		else if (type == TYPE_FILE)
			rc = begin_file(split, record, err);
		else
			rc = say_malformed(err);
	}
	*piece = split->piece;
	return rc;
}
