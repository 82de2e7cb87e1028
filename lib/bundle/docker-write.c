/* docker-write.c - a docker archive, member by member
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/digest-sink.h"
#include "base/io.h"
#include "bundle/docker-write.h"

#define BLOCK	  512u
#define BLOBS	  "blobs/sha256/"
#define OCTAL_MAX 077777777777u /* that a header's size has room for */

/* ---- headers ------------------------------------------------------- */

/* As POSIX has it; a size that is too large as GNU's tar writes it. */
static void
make_header(uint8_t header[BLOCK], const char *name, uint64_t size)
{
	bool folder = name[strlen(name) - 1] == '/';
	unsigned sum = 0;
	size_t i;

	memset(header, 0, BLOCK);
	memcpy(header, name, strlen(name));
	memcpy(header + 100, folder ? "0000755" : "0000644", 8);
	memcpy(header + 108, "0000000", 8);
	memcpy(header + 116, "0000000", 8);
	if (size <= OCTAL_MAX) {
		snprintf((char *)header + 124, 12, "%011llo",
			 (unsigned long long)size);
	} else {
		header[124] = 0x80;
		be64_put(header + 128, size);
	}
	memcpy(header + 136, "00000000000", 12);
	memset(header + 148, ' ', 8);
	header[156] = folder ? '5' : '0';
	memcpy(header + 257, "ustar\00000", 8);
	for (i = 0; i < BLOCK; i++)
		sum += header[i];
	snprintf((char *)header + 148, 8, "%06o", sum);
}

static int
find_end(int fd, uint64_t *at, struct balimg_error *err)
{
	off_t here = lseek(fd, 0, SEEK_CUR);

	*at = (uint64_t)here;
	return here < 0 ? error_sys(err, "cannot seek in the bundle") : 0;
}

/* Write what fills the last block of @len bytes. */
static int
pad(int fd, uint64_t len, struct balimg_error *err)
{
	static const uint8_t zeroes[BLOCK];

	return io_write(fd, zeroes, (size_t)(-len % BLOCK), err);
}

int
docker_add_member(int fd, const char *name, const char *data, size_t len,
		  struct balimg_error *err)
{
	uint8_t header[BLOCK];

	make_header(header, name, len);
	if (io_write(fd, header, sizeof(header), err) < 0 ||
	    io_write(fd, data, len, err) < 0)
		return -1;
	return pad(fd, len, err);
}

int
docker_begin(int fd, struct balimg_error *err)
{
	return docker_add_member(fd, "blobs/", "", 0, err) < 0 ?
		       -1 :
		       docker_add_member(fd, BLOBS, "", 0, err);
}

int
docker_finish(int fd, struct balimg_error *err)
{
	static const uint8_t end[2 * BLOCK];

	return io_write(fd, end, sizeof(end), err);
}

/* ---- blobs --------------------------------------------------------- */

/* Write the bytes, and find out what they are called. */
static int
make_blob(int fd, struct docker_maker *maker, struct docker_blob *blob,
	  struct balimg_error *err)
{
	struct sink_file file = sink_to_file(fd);
	AUTO_DIGEST_SINK struct digest_sink *sink =
		digest_sink_open(DIGEST_SHA256, &file.head, err);
	uint8_t sum[SHA256_SIZE];

	if (!sink || maker->make(maker, digest_sink_head(sink), err) < 0)
		return -1;
	digest_sink_finish(sink, sum);
	digest_hex(sum, sizeof(sum), blob->sum);
	blob->size = digest_sink_size(sink);
	return 0;
}

static int
name_blob(int fd, uint64_t start, const struct docker_blob *blob,
	  struct balimg_error *err)
{
	char name[sizeof(BLOBS) + DOCKER_HEX];
	uint8_t header[BLOCK];

	snprintf(name, sizeof(name), BLOBS "%s", blob->sum);
	make_header(header, name, blob->size);
	if (io_write_at(fd, header, sizeof(header), start, err) < 0)
		return -1;
	return pad(fd, blob->size, err);
}

static int
take_back(int fd, uint64_t start, struct balimg_error *err)
{
	if (ftruncate(fd, (off_t)start) < 0 ||
	    lseek(fd, (off_t)start, SEEK_SET) < 0)
		return error_sys(err, "cannot cut the bundle");
	return 0;
}

int
docker_add_blob(int fd, struct docker_maker *maker, const char *want,
		struct docker_blob *blob, bool *fits, struct balimg_error *err)
{
	static const uint8_t room[BLOCK];
	struct balimg_error why = { 0 };
	uint64_t start;

	if (find_end(fd, &start, err) < 0 ||
	    io_write(fd, room, sizeof(room), err) < 0)
		return -1;
	*fits = make_blob(fd, maker, blob, &why) == 0;
	if (!*fits && (!want || !error_is_finding(&why)))
		return error_pass(err, &why);
	*fits = *fits && (!want || !strcmp(blob->sum, want));
	return *fits ? name_blob(fd, start, blob, err) :
		       take_back(fd, start, err);
}

/* Gives bytes at hand. */
struct bytes {
	struct docker_maker maker; /* first */
	const char *data;
	size_t len;
};

static int
make_bytes(struct docker_maker *maker, struct sink *sink,
	   struct balimg_error *err)
{
	const struct bytes *bytes = (const struct bytes *)maker;

	return sink_write(sink, bytes->data, bytes->len, err);
}

int
docker_add_bytes(int fd, const char *data, size_t len,
		 struct docker_blob *blob, struct balimg_error *err)
{
	struct bytes bytes = { { make_bytes }, data, len };
	bool fits;

	return docker_add_blob(fd, &bytes.maker, NULL, blob, &fits, err);
}
