/* test-delta-no-memory.c - a delta lets go of all when memory ends
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A delta of two layers, the lower one common, is applied to its basis again
 * and again, its first, second, ... allocation failing, until it gets through
 * without.  Leaks are for the sanitizer and valgrind to find.
 */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <balimg.h>

#include "base/os.h"
#include "bundle/docker-write.h"
#include "alloc-fail.h"
#include "unit.h"

#define ROOM 8192

struct bytes {
	char data[ROOM];
	size_t len;
};

static struct balimg_error err;

/* A tar file with the one file @name. */
static void
make_tar(struct bytes *tar, const char *name, const void *data, size_t len)
{
	int fd = os_memory_file(0, &err);
	ssize_t got;

	CHECK(fd >= 0);
	CHECK_OK(docker_add_member(fd, name, data, len, &err), err);
	CHECK_OK(docker_finish(fd, &err), err);
	got = pread(fd, tar->data, ROOM, 0);
	CHECK(got > 0 && got < ROOM);
	tar->len = (size_t)got;
	close(fd);
}

static void
add_sum(struct bytes *text, const struct bytes *of)
{
	uint8_t sum[SHA256_SIZE];

	digest_sha256(of->data, of->len, sum);
	strcpy(text->data + text->len, "sha256:");
	digest_hex(sum, sizeof(sum), text->data + text->len + 7);
	text->len += strlen(text->data + text->len);
}

static void
add_text(struct bytes *text, const char *more)
{
	strcpy(text->data + text->len, more);
	text->len += strlen(more);
}

/* The settings of an image; the quote @q is escaped where it is told of by
 * another. */
static void
make_config(struct bytes *config, const struct bytes layers[2],
	    const char *labels, const char *q)
{
	char text[ROOM];

	snprintf(text, sizeof(text),
		 "{%sos%s:%slinux%s,%sconfig%s:{%sLabels%s:{%s}},"
		 "%srootfs%s:{%sdiff_ids%s:[%s",
		 q, q, q, q, q, q, q, q, labels, q, q, q, q, q);
	config->len = 0;
	add_text(config, text);
	add_sum(config, &layers[0]);
	snprintf(text, sizeof(text), "%s,%s", q, q);
	add_text(config, text);
	add_sum(config, &layers[1]);
	snprintf(text, sizeof(text), "%s]}}", q);
	add_text(config, text);
}

static void
save(const char *path, const struct bytes *config,
     const struct bytes layers[2])
{
	static const char manifest[] =
		"[{\"Config\":\"c.json\",\"RepoTags\":[\"a:b\"],\"Layers\":["
		"\"0/layer.tar\",\"1/layer.tar\"]}]";
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0);
	CHECK_OK(docker_add_member(fd, "manifest.json", manifest,
				   strlen(manifest), &err),
		 err);
	CHECK_OK(docker_add_member(fd, "c.json", config->data, config->len,
				   &err),
		 err);
	CHECK_OK(docker_add_member(fd, "0/layer.tar", layers[0].data,
				   layers[0].len, &err),
		 err);
	CHECK_OK(docker_add_member(fd, "1/layer.tar", layers[1].data,
				   layers[1].len, &err),
		 err);
	CHECK_OK(docker_finish(fd, &err), err);
	close(fd);
}

/* "base" and "delta", which is to make of it what has another upper layer. */
static void
make_archives(void)
{
	static struct bytes base[2], target[2], deltas[2], config, made, told;
	char commands[ROOM] = "rs\x02\x36\x42";
	char labels[3 * ROOM];
	size_t len = 7;

	make_tar(&base[0], "etc/a", "lower", 5);
	make_tar(&base[1], "etc/b", "upper", 5);
	target[0] = base[0];
	make_tar(&target[1], "etc/b", "other", 5);
	make_config(&config, base, "", "\"");
	save("base", &config, base);

	commands[5] = (char)(target[1].len >> 8);
	commands[6] = (char)target[1].len;
	memcpy(commands + len, target[1].data, target[1].len);
	len += target[1].len;
	commands[len++] = '\0';
	make_tar(&deltas[0], "empty", "", 0);
	make_tar(&deltas[1], "delta", commands, len);
	make_config(&told, target, "", "\\\"");
	add_sum(&made, &config);
	snprintf(labels, sizeof(labels),
		 "\"io.resin.delta.base\":\"%s\",\"io.resin.delta.config\":"
		 "\"%s\"",
		 made.data, told.data);
	make_config(&config, deltas, labels, "\"");
	save("delta", &config, deltas);
}

static char *
unpack(struct balimg_error *why)
{
	return balimg_bundle_unpack("delta", "base", "tree", "tree.manifest",
				    BALIMG_UNPACK_FORCE, NULL, NULL, why);
}

static void
try_each(void)
{
	struct balimg_error why;
	unsigned long nth;
	char *answer;

	for (nth = 1;; nth++) {
		memset(&why, 0, sizeof(why));
		alloc_fail_at(nth);
		answer = unpack(&why);
		if (!alloc_has_failed())
			break;
		alloc_fail_at(0);
		if (!answer && why.code != BALIMG_E_NO_MEMORY)
			FAIL("allocation %lu: said %s: %s", nth,
			     balimg_code_name(why.code), why.message);
		balimg_free(answer);
	}
	CHECK(answer);
	CHECK(nth > 50);
	printf("%lu allocations\n", nth - 1);
	balimg_free(answer);
}

int
main(void)
{
	char folder[] = "/tmp/test-delta-XXXXXX";
	char text[6] = "";
	FILE *file;

	CHECK(mkdtemp(folder) && !chdir(folder));
	make_archives();
	try_each();
	file = fopen("tree/etc/b", "r");
	CHECK(file && fread(text, 1, 5, file) == 5);
	fclose(file);
	CHECK_STR(text, "other");
	CHECK(!unlink("tree/etc/a") && !unlink("tree/etc/b") &&
	      !rmdir("tree/etc") && !rmdir("tree") &&
	      !unlink("tree.manifest") && !unlink("base") &&
	      !unlink("delta") && !chdir("/") && !rmdir(folder));
	return 0;
}
