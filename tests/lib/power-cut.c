/* power-cut.c - what may be on the medium when the power fails
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   power-cut TRACE                    print the number of events
 *   power-cut TRACE OLD FOLDER SEED    make one state in FOLDER
 *
 * TRACE was recorded by fault.c while a program edited an image whose bytes
 * before that are in OLD.  FOLDER, which exists and is empty, gets the image
 * under its name and every other file that has a name beside it then.
 *
 * The power fails after one of the events.  What came before the last sync of
 * its file (for names: of their folder) is there.  Of the rest, any subset of
 * 512-byte sectors, of new sizes, and of names made or removed may be there;
 * where a sector was written twice, any of the three.  Seeds from 0 on are
 * first the two extremes after each event, nothing and all of the rest; then
 * random, with every share between.  The same seed makes the same state.
 *
 * Prints a line with the event and how much of what was pending is there, and
 * one with the SHA-256 of the image.  Exit status 2 if TRACE or OLD cannot be
 * used.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "trace.h"

#define SECTOR	  512u
#define MAX_FILES 64u
#define MAX_NAMES 64u

struct step {
	struct event event;
	const char *data;
	unsigned file; /* event.id or event.other, when it means a file */
	bool durable;
};

struct name {
	char text[256];
	unsigned file;
};

struct play {
	struct step *steps;
	size_t count;
	uint64_t inode[MAX_FILES]; /* file 0 is the image */
	unsigned files;
	uint64_t folder; /* of the image */
	int fd[MAX_FILES];
	struct name names[MAX_NAMES];
	size_t name_count;
	uint64_t random;
	unsigned share; /* of 8: how likely what is pending is there */
	unsigned long pending;
	unsigned long kept;
};

__attribute__((noreturn, format(printf, 1, 2))) static void
die(const char *fmt, ...)
{
	va_list ap;

	fputs("power-cut: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(2);
}

static uint64_t
next_random(struct play *play)
{
	uint64_t z = play->random += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* Is this part of a step on the medium? */
static bool
is_kept(struct play *play, const struct step *step)
{
	bool kept;

	if (step->durable)
		return true;
	kept = next_random(play) % 8 < play->share;
	play->pending++;
	play->kept += kept;
	return kept;
}

/* ---- the trace ----------------------------------------------------- */

static char *
read_file(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *data;

	if (fd < 0 || fstat(fd, &st) < 0)
		die("%s: %s", path, strerror(errno));
	*len = (size_t)st.st_size;
	data = malloc(*len + 1);
	if (!data || read(fd, data, *len) != (ssize_t)*len)
		die("%s: cannot be read", path);
	close(fd);
	return data;
}

/* The file that has @inode now; a new one if @fresh, or none has. */
static unsigned
file_of(struct play *play, uint64_t inode, bool fresh)
{
	unsigned i;

	for (i = play->files; !fresh && i-- > 0;)
		if (play->inode[i] == inode)
			return i;
	if (play->files == MAX_FILES)
		die("more than %u files", MAX_FILES);
	play->inode[play->files] = inode;
	return play->files++;
}

static void
load_step(struct play *play, const struct event *event, const char *data)
{
	struct step *step = &play->steps[play->count++];

	step->event = *event;
	step->data = data;
	step->durable = false;
	switch (event->type) {
	case EVENT_NEW:
		step->file = file_of(play, event->id, true);
		break;
	case EVENT_WRITE:
	case EVENT_TRUNCATE:
		step->file = file_of(play, event->id, false);
		break;
	case EVENT_LINK:
	case EVENT_RENAME:
		step->file = file_of(play, event->other, false);
		break;
	default:
		step->file = 0;
	}
}

static void
load(struct play *play, const char *path)
{
	size_t len, at = 0;
	char *raw = read_file(path, &len);
	struct event event;

	play->steps = calloc(len / sizeof(event) + 1, sizeof(*play->steps));
	if (!play->steps)
		die("out of memory");
	while (len - at >= sizeof(event)) {
		memcpy(&event, raw + at, sizeof(event));
		at += sizeof(event);
		if (event.len > len - at)
			die("%s ends early", path);
		if (at == sizeof(event) && event.type != EVENT_IMAGE)
			die("%s does not name an image", path);
		if (at == sizeof(event)) {
			file_of(play, event.id, true);
			play->folder = event.other;
		}
		load_step(play, &event, raw + at);
		at += event.len;
	}
	if (at != len || !play->count)
		die("%s ends early", path);
}

/* What a later sync, before the power fails, has made sure of. */
static void
mark_durable(struct play *play, size_t cut)
{
	size_t i, j;

	for (i = 0; i < cut; i++)
		for (j = i + 1; j < cut; j++)
			if (play->steps[j].event.type == EVENT_SYNC &&
			    play->steps[j].event.id == play->steps[i].event.id)
				play->steps[i].durable = true;
}

/* ---- files --------------------------------------------------------- */

static void
write_all(int fd, const char *data, size_t len, uint64_t at)
{
	if (pwrite(fd, data, len, (off_t)at) != (ssize_t)len)
		die("cannot write: %s", strerror(errno));
}

/* Begin the image as it was, its holes kept. */
static void
copy_old(const char *path, int to)
{
	static char piece[1 << 16];
	int from = open(path, O_RDONLY | O_CLOEXEC);
	off_t at = 0, end;
	struct stat st;
	ssize_t got;

	if (from < 0 || fstat(from, &st) < 0 || ftruncate(to, st.st_size) < 0)
		die("%s: %s", path, strerror(errno));
	while ((at = lseek(from, at, SEEK_DATA)) >= 0) {
		end = lseek(from, at, SEEK_HOLE);
		for (; at < end; at += got) {
			got = pread(from, piece, sizeof(piece), at);
			if (got <= 0)
				die("%s: cannot be read", path);
			write_all(to, piece, (size_t)got, (uint64_t)at);
		}
	}
	close(from);
}

static void
file_path(char path[4096], const char *folder, unsigned file)
{
	snprintf(path, 4096, "%s/.file-%u", folder, file);
}

static void
make_files(struct play *play, const char *old, const char *folder)
{
	char path[4096];
	unsigned i;

	for (i = 0; i < play->files; i++) {
		file_path(path, folder, i);
		play->fd[i] = open(
			path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (play->fd[i] < 0)
			die("%s: %s", path, strerror(errno));
	}
	copy_old(old, play->fd[0]);
}

static void
play_write(struct play *play, const struct step *step)
{
	int fd = play->fd[step->file];
	uint64_t at = step->event.at;
	const char *data = step->data;
	uint64_t end = at + step->event.len;
	struct stat st;
	size_t now;

	if (fstat(fd, &st) == 0 && (uint64_t)st.st_size < end &&
	    is_kept(play, step) && ftruncate(fd, (off_t)end) < 0)
		die("cannot write: %s", strerror(errno));
	for (; at < end; at += now, data += now) {
		now = SECTOR - at % SECTOR;
		if (now > end - at)
			now = (size_t)(end - at);
		if (is_kept(play, step))
			write_all(fd, data, now, at);
	}
}

/* ---- names --------------------------------------------------------- */

static void
remove_name(struct play *play, const char *text)
{
	size_t i;

	for (i = 0; i < play->name_count; i++)
		if (!strcmp(play->names[i].text, text))
			play->names[i] = play->names[--play->name_count];
}

static void
add_name(struct play *play, const char *text, size_t len, unsigned file)
{
	struct name *name = &play->names[play->name_count];

	if (play->name_count == MAX_NAMES || len >= sizeof(name->text))
		die("too many names");
	snprintf(name->text, sizeof(name->text), "%.*s", (int)len, text);
	name->file = file;
	remove_name(play, name->text);
	play->names[play->name_count++] = *name;
}

static void
play_name(struct play *play, const struct step *step)
{
	char text[256];
	size_t len = step->event.len;
	size_t first = strnlen(step->data, len);

	if (step->event.id != play->folder || !is_kept(play, step))
		return;
	if (step->event.type == EVENT_LINK) {
		add_name(play, step->data, len, step->file);
		return;
	}
	snprintf(text, sizeof(text), "%.*s", (int)first, step->data);
	remove_name(play, text);
	if (step->event.type == EVENT_RENAME)
		add_name(play, step->data + first + 1, len - first - 1,
			 step->file);
}

static void
name_files(struct play *play, const char *folder)
{
	char from[4096], to[4096];
	size_t i;

	for (i = 0; i < play->name_count; i++) {
		file_path(from, folder, play->names[i].file);
		snprintf(to, sizeof(to), "%s/%s", folder, play->names[i].text);
		if (link(from, to) < 0)
			die("%s: %s", to, strerror(errno));
	}
	for (i = 0; i < play->files; i++) {
		file_path(from, folder, (unsigned)i);
		unlink(from);
	}
}

/* ---- one state ----------------------------------------------------- */

static void
play_step(struct play *play, const struct step *step)
{
	switch (step->event.type) {
	case EVENT_IMAGE:
		add_name(play, step->data, step->event.len, 0);
		break;
	case EVENT_WRITE:
		play_write(play, step);
		break;
	case EVENT_TRUNCATE:
		if (is_kept(play, step) &&
		    ftruncate(play->fd[step->file], (off_t)step->event.at) < 0)
			die("cannot cut off: %s", strerror(errno));
		break;
	case EVENT_LINK:
	case EVENT_UNLINK:
	case EVENT_RENAME:
		play_name(play, step);
		break;
	default:
		break;
	}
}

/* How many events happen before the power fails; sets the share, too. */
static size_t
choose_cut(struct play *play, uint64_t seed)
{
	if (seed < 2 * play->count) {
		play->share = seed % 2 ? 8 : 0;
		return (size_t)seed / 2 + 1;
	}
	play->random = seed;
	play->share = (unsigned)(next_random(play) % 7) + 1;
	return (size_t)(next_random(play) % play->count) + 1;
}

static void
print_digest(int fd)
{
	static char piece[1 << 16];
	struct digest digest;
	uint8_t sum[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	off_t at = 0;
	ssize_t got;

	digest_begin(&digest, DIGEST_SHA256);
	while ((got = pread(fd, piece, sizeof(piece), at)) > 0) {
		digest_add(&digest, piece, (size_t)got);
		at += got;
	}
	if (got < 0)
		die("cannot be read again");
	digest_finish(&digest, sum);
	digest_hex(sum, sizeof(sum), hex);
	puts(hex);
}

int
main(int argc, char **argv)
{
	static struct play play;
	size_t cut, i;

	if (argc != 2 && argc != 5)
		die("usage: power-cut TRACE [OLD FOLDER SEED]");
	load(&play, argv[1]);
	if (argc == 2) {
		printf("%zu\n", play.count);
		return 0;
	}
	cut = choose_cut(&play, strtoull(argv[4], NULL, 10));
	mark_durable(&play, cut);
	make_files(&play, argv[2], argv[3]);
	for (i = 0; i < cut; i++)
		play_step(&play, &play.steps[i]);
	name_files(&play, argv[3]);
	printf("event %zu of %zu, %lu of %lu pending parts kept\n", cut,
	       play.count, play.kept, play.pending);
	print_digest(play.fd[0]);
	return 0;
}
