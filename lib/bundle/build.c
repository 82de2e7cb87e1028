/* build.c - an update bundle, made of an image or of a tree
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "balenaos/places.h"
#include "base/buffer.h"
#include "bundle/archive-calls.h"
#include "bundle/build-private.h"
#include "bundle/manifest.h"
#include "document/json.h"
#include "document/os-release.h"

#define SINCE_HOSTAPP "2.5.0"
#define SMALL	      65536u /* bytes of a text that is looked into */

/* ---- what a tree is of --------------------------------------------- */

/* Notes what a tree tells of itself. */
struct facts {
	struct tree_visitor visitor; /* first */
	struct buffer os_release, device_type;
	bool docker; /* it is a bundle, not a tree */
};

static int
read_small(struct buffer *text, const struct tree_entry *entry,
	   struct tree_content *content, struct balimg_error *err)
{
	char piece[4096];
	size_t got = 1;

	if (entry->size > SMALL || text->len)
		return 0;
	while (got) {
		if (content->read(content, piece, sizeof(piece), &got, err) <
		    0)
			return -1;
		buffer_add(text, piece, got);
	}
	return text->failed ? error_nomem(err) : 0;
}

static int
note_fact(struct tree_visitor *visitor, const struct tree_entry *entry,
	  struct tree_content *content, struct balimg_error *err)
{
	struct facts *facts = (struct facts *)visitor;

	if (!content)
		return 0;
	if (!strcmp(entry->path, "manifest.json"))
		facts->docker = true;
	if (!strcmp(entry->path, "etc/os-release") ||
	    !strcmp(entry->path, "usr/lib/os-release"))
		return read_small(&facts->os_release, entry, content, err);
	if (!strcmp(entry->path, "resin-boot/device-type.json"))
		return read_small(&facts->device_type, entry, content, err);
	return 0;
}

static int
take_release(const struct facts *facts, struct build_request *request,
	     struct balimg_error *err)
{
	const char *text = facts->os_release.data;
	AUTO_FREE char *version = NULL;

	if (facts->docker)
		return error_set(err, BALIMG_E_INVALID,
				 "this is a docker archive already, and no "
				 "root file system");
	if (text)
		version = os_release_get(text, facts->os_release.len,
					 "VERSION", err);
	if (text && !version && err->code)
		return -1;
	if (version)
		release_parse(version, &request->release);
	if (request->release.parsed)
		return 0;
	return error_set(err, BALIMG_E_NOT_FOUND,
			 "there is no version in etc/os-release of the tree, "
			 "so it is not known what bundle it takes");
}

/* *@slug: the device type, to be freed, or NULL. */
static int
take_device_type(const struct facts *facts, char **slug,
		 struct balimg_error *err)
{
	const char *text = facts->device_type.data;
	struct balimg_error unseen = { 0 };
	json_auto_t *root = NULL;
	const char *found;

	if (!text)
		return 0;
	root = json_text_parse(text, facts->device_type.len, NULL, &unseen);
	if (!root && !error_is_finding(&unseen))
		return error_pass(err, &unseen);
	found = json_string_value(json_object_get(root, "slug"));
	if (!found)
		return 0;
	*slug = strdup(found);
	return *slug ? 0 : error_nomem(err);
}

static int
look_at_tree(struct build_request *request, char **slug,
	     struct balimg_error *err)
{
	struct facts facts = { .visitor.visit = note_fact };
	int rc = build_walk_tree(request, &facts.visitor, err);

	if (rc == 0)
		rc = take_release(&facts, request, err);
	if (rc == 0)
		rc = take_device_type(&facts, slug, err);
	buffer_free(&facts.os_release);
	buffer_free(&facts.device_type);
	return rc;
}

int
build_walk_tree(const struct build_request *request,
		struct tree_visitor *visitor, struct balimg_error *err)
{
	struct stat st;

	if (fstat(request->tree, &st) < 0)
		return error_sys(err, "cannot look at it");
	if (S_ISDIR(st.st_mode))
		return tree_walk_folder(request->tree, request->recorded,
					visitor, err);
	if (lseek(request->tree, 0, SEEK_SET) < 0)
		return error_sys(err, "cannot read it twice");
	return tree_walk_tar(request->tree, visitor, err);
}

/* ---- the bundle ---------------------------------------------------- */

static int
check_image(const struct build_request *request, struct balimg_error *err)
{
	bool hostapp = request->view != request->raw;

	if (!request->release.parsed)
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "the image does not tell its OS version, so "
				 "it is not known what bundle it takes");
	if (!hostapp && release_at_least(&request->release, SINCE_HOSTAPP))
		return error_set(err, BALIMG_E_UNSUPPORTED,
				 "OS %s should have a hostapp in its root, "
				 "but there is none",
				 request->release.text);
	return 0;
}

/* See places.h. */
static void
place_splash_in_tree(struct build_request *request)
{
	bool is_new = release_at_least(&request->release, SINCE_NEW_SPLASH);
	size_t i;

	for (i = 0; i < request->change_count; i++)
		if (!request->changes[i].path)
			request->changes[i].path =
				is_new ? "resin-boot" PLACE_SPLASH_NEW :
					 "resin-boot" PLACE_SPLASH_OLD;
}

static int
read_manifest(struct build_request *request, struct manifest *manifest,
	      struct balimg_error *err)
{
	AUTO_FD int fd = -1;

	if (!request->manifest)
		return 0;
	request->recorded = manifest;
	fd = open(request->manifest, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		error_sys(err, "cannot open");
	else if (manifest_read(manifest, fd, err) == 0)
		return 0;
	return error_wrap(err, "%s", request->manifest);
}

static json_t *
build(struct build_request *request, struct balimg_error *err)
{
	AUTO_MANIFEST struct manifest manifest = { 0 };
	AUTO_FREE char *slug = NULL;
	json_t *answer;

	if (read_manifest(request, &manifest, err) < 0)
		return NULL;
	if (!request->basis &&
	    (request->view ? check_image(request, err) :
			     look_at_tree(request, &slug, err)) < 0)
		return NULL;
	place_splash_in_tree(request);
	if (request->basis ||
	    release_at_least(&request->release, SINCE_HOSTAPP))
		answer = build_docker(request, err);
	else
		answer = build_root(request, err);
	if (!answer)
		return NULL;
	if (json_object_set_new(answer, "version",
				request->release.parsed ?
					json_string(request->release.text) :
					json_null()) < 0 ||
	    json_object_set_new(answer, "deviceType",
				slug ? json_string(slug) :
				request->device_type ?
				       json_string(request->device_type) :
				       json_null()) < 0) {
		json_decref(answer);
		error_nomem(err);
		return NULL;
	}
	return answer;
}

json_t *
archive_build_bundle(struct build_request *request, struct balimg_error *err)
{
	locale_t before = archive_enter_locale();
	json_t *answer = build(request, err);

	archive_leave_locale(before);
	return answer;
}
