/* test-backing.c - what can be opened as an image, and what not and why
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <sys/socket.h>
#include <sys/un.h>

#include "scratch.h"
#include "source/device.h"

static void
check_fails(const char *path, bool write, enum balimg_code code,
	    const char *word)
{
	struct balimg_error err = { 0 };
	struct backing *backing = backing_open(path, write, &err);

	if (backing)
		FAIL("%s was opened", path);
	if (err.code != code || !strstr(err.message, word))
		FAIL("%s: %s: %s", path, balimg_code_name(err.code),
		     err.message);
}

static void
test_kinds(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX,
				       .sun_path = "socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	check_fails("missing", false, BALIMG_E_NOT_FOUND, "cannot be opened");
	check_fails(".", false, BALIMG_E_INVALID, "is a folder");
	check_fails("/dev/null", false, BALIMG_E_INVALID, "character device");
	CHECK(mkfifo("pipe", 0600) == 0);
	check_fails("pipe", false, BALIMG_E_INVALID, "is a pipe");
	CHECK(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	check_fails("socket", true, BALIMG_E_INVALID, "is a socket");
	close(fd);
	scratch_write("empty", "", 0);
	check_fails("empty", false, BALIMG_E_INVALID, "is empty");
	CHECK(symlink("loop", "loop") == 0);
	check_fails("loop", false, BALIMG_E_IO, "cannot be opened");
	if (geteuid() != 0) {
		scratch_write("secret", "x", 1);
		CHECK(chmod("secret", 0) == 0);
		check_fails("secret", false, BALIMG_E_IO, "secret");
	}
}

static void
test_containers(void)
{
	static const struct {
		const char *magic;
		size_t len;
		const char *word;
	} known[] = {
		{ "\x1f\x8b\x08\x00", 4, "gzip" },
		{ "PK\x03\x04", 4, "zip" },
		{ "\xfd"
		  "7zXZ\x00",
		  6, "xz" },
		{ "\x28\xb5\x2f\xfd", 4, "zstd" },
		{ "BZh9", 4, "bzip2" },
		{ "vhdxfile", 8, "VHDX" },
	};
	char data[1024] = { 0 };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++) {
		memset(data, 0, sizeof(data));
		memcpy(data, known[i].magic, known[i].len);
		scratch_write("container", data, sizeof(data));
		check_fails("container", i % 2, BALIMG_E_UNSUPPORTED,
			    known[i].word);
		scratch_write("container", known[i].magic, known[i].len);
		check_fails("container", false, BALIMG_E_UNSUPPORTED,
			    known[i].word);
	}
}

/* Their headers are looked at before another program is. */
static void
test_disk_images(void)
{
	char data[1024] = { 0 };

	scratch_write("disk", "QFI\xfb", 4);
	check_fails("disk", false, BALIMG_E_INVALID, "cut short");
	memcpy(data, "QFI\xfb", 4);
	scratch_write("disk", data, sizeof(data));
	check_fails("disk", true, BALIMG_E_UNSUPPORTED, "version is 0");
	data[7] = 2;
	data[16] = 1;
	scratch_write("disk", data, sizeof(data));
	check_fails("disk", false, BALIMG_E_REFUSED, "backing file");
	memcpy(data, "KDMV", 4);
	scratch_write("disk", data, sizeof(data));
	check_fails("disk", false, BALIMG_E_UNSUPPORTED, "one part");
	memset(data, 0, sizeof(data));
	memcpy(data + 64, "\x7f\x10\xda\xbe", 4);
	scratch_write("disk", data, sizeof(data));
	check_fails("disk", false, BALIMG_E_UNSUPPORTED, "version");
}

static void
test_file(void)
{
	struct balimg_error err = { 0 };
	struct backing *reader, *writer;
	char path[8192], got[3] = "";

	scratch_write("image", "raw", 3);
	CHECK(symlink("image", "link") == 0);
	writer = backing_open("link", true, &err);
	if (!writer)
		FAIL("%s", err.message);
	snprintf(path, sizeof(path), "%s/image", scratch_folder);
	CHECK_STR(backing_path(writer), path);
	CHECK(!backing_is_device(writer));
	CHECK(backing_is_writable(writer));
	CHECK_STR(backing_serial(writer), "");
	CHECK(backing_stat(writer)->st_size == 3);

	/* One writer, any readers. */
	check_fails("image", true, BALIMG_E_REFUSED, "being written");
	reader = backing_open("image", false, &err);
	CHECK(reader && !backing_is_writable(reader));
	CHECK_OK(source_read(backing_source(reader), 1, got, 2, &err), err);
	CHECK_STR(got, "aw");
	backing_close(writer);
	writer = backing_open("image", true, &err);
	CHECK(writer);
	backing_close(writer);
	backing_close(reader);
}

int
main(void)
{
	scratch_begin();
	test_kinds();
	test_containers();
	test_disk_images();
	test_file();
	return 0;
}
