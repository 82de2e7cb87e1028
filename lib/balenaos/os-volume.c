/* os-volume.c - the volume of a partition, by an engine or a virtual machine
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Our own engines take milliseconds, the virtual machine seconds: so it is
 * the last resort, unless asked for.  There is one for each image, and none
 * before it is needed.
 */
#include <config.h>

#include <string.h>

#include "balenaos/hostapp.h"
#include "balenaos/os-private.h"

static enum os_reach
reach_of(const struct os *os)
{
	return os->means ? os->means->reach : OS_REACH_DIRECT;
}

void
os_set_means(struct os *os, const struct os_means *means)
{
	size_t i;

	os->means = means;
	/* Which partition is which was found by our own engines. */
	for (i = 0; reach_of(os) == OS_REACH_GUEST && i < os->count; i++) {
		volume_close(os->places[i].volume);
		os->places[i].volume = NULL;
	}
}

/* ---- by a virtual machine -------------------------------------------- */

static bool
is_encrypted(const struct os_partition *part)
{
	return !strcmp(part->identity.type, "crypto_LUKS");
}

static int
need_key(const struct os *os, const struct os_partition *part,
	 struct balimg_error *err)
{
	if (!is_encrypted(part) || os->means->key)
		return 0;
	return error_set(err, BALIMG_E_UNSUPPORTED,
			 "is encrypted, and no key was given");
}

static int
need_guest(struct os *os, struct balimg_error *err)
{
	const struct os_means *means = os->means;

	if (!os->guest)
		os->guest = guest_new(os->image, means->plan, means->progress,
				      err);
	if (!os->guest)
		return -1;
	return means->key ? guest_set_key(os->guest, means->key,
					  means->key_len, err) :
			    0;
}

static struct volume *
open_in_guest(struct os *os, size_t at, struct balimg_error *err)
{
	const struct os_partition *part = &os->partitions[at];

	if (need_key(os, part, err) < 0 || need_guest(os, err) < 0)
		return NULL;
	return guest_open_volume(os->guest, os_partition_number(part),
				 os->places[at].slice, err);
}

/* Is there something that a kernel might open?  What nobody knows is worth a
 * try only to who asks for it. */
static bool
may_hold_files(const struct os_partition *part, enum os_reach reach)
{
	const char *type = part->identity.type;

	return (*type || reach == OS_REACH_GUEST) &&
	       strcmp(type, "zero") != 0 && strcmp(type, "swap") != 0;
}

/* ---- opening ---------------------------------------------------------- */

static struct volume *
open_volume(struct os *os, size_t at, enum os_reach reach,
	    struct balimg_error *err)
{
	const struct os_partition *part = &os->partitions[at];
	struct balimg_error why = { 0 };
	struct volume *vol = NULL;

	if (reach != OS_REACH_GUEST) {
		vol = volume_open(os->places[at].slice, &why);
		if (vol)
			return vol;
	}
	if (reach != OS_REACH_DIRECT && may_hold_files(part, reach) &&
	    (reach == OS_REACH_GUEST || error_is(&why, BALIMG_E_UNSUPPORTED)))
		return open_in_guest(os, at, err);
	if (!why.code)
		error_set(&why, BALIMG_E_UNSUPPORTED,
			  "no file system that is known");
	error_pass(err, &why);
	return NULL;
}

static struct volume *
get_volume(struct os *os, size_t at, enum os_reach reach,
	   struct balimg_error *err)
{
	struct os_place *place = &os->places[at];

	if (place->volume)
		return place->volume;
	if (os_is_extended(&os->partitions[at])) {
		error_set(err, BALIMG_E_UNSUPPORTED,
			  "%s only holds other partitions", place->title);
		return NULL;
	}
	place->volume = open_volume(os, at, reach, err);
	if (!place->volume) {
		if (is_encrypted(&os->partitions[at]))
			error_hint(err, "--key @FILE gives the key of a "
					"device's disk; or edit the "
					"installer's image");
		error_wrap(err, "%s", place->title);
	}
	return place->volume;
}

struct volume *
os_volume(struct os *os, size_t at, struct balimg_error *err)
{
	return get_volume(os, at, reach_of(os), err);
}

struct volume *
os_own_volume(struct os *os, size_t at, struct balimg_error *err)
{
	return get_volume(os, at, OS_REACH_DIRECT, err);
}

/* ---- as the running system sees it ------------------------------------ */

struct volume *
os_view(struct os *os, size_t at, struct balimg_error *err)
{
	struct os_place *place = &os->places[at];
	enum os_role role = os->partitions[at].role;
	struct volume *raw = os_volume(os, at, err);

	if (!raw || (role != OS_ROLE_ROOT_A && role != OS_ROLE_ROOT_B))
		return raw;
	if (!place->viewed && hostapp_open(raw, &place->view, err) < 0) {
		error_wrap(err, "%s", place->title);
		return NULL;
	}
	place->viewed = true;
	return place->view ? place->view : raw;
}

/* ---- to be edited ----------------------------------------------------- */

/* Have the volume opened by a kernel, which replays the journal first. */
static int
replace_volume(struct os *os, size_t at, struct balimg_error *err)
{
	struct os_place *place = &os->places[at];
	struct volume *vol = open_in_guest(os, at, err);

	if (!vol)
		return error_wrap(err, "the journal must be replayed");
	place->old_volume = place->volume;
	place->old_view = place->view;
	place->volume = vol;
	place->view = NULL;
	place->viewed = false;
	plan_note(os->means->plan, PLAN_NOTE, place->title,
		  "the journal of the file system is replayed");
	return 0;
}

int
os_prepare_edit(struct os *os, size_t at, struct balimg_error *err)
{
	struct os_place *place = &os->places[at];
	bool replay;

	if (!os_volume(os, at, err))
		return -1;
	if (reach_of(os) != OS_REACH_AUTO || place->old_volume)
		return 0;
	if (volume_needs_replay(place->slice, &replay, err) < 0 ||
	    (replay && replace_volume(os, at, err) < 0))
		return error_wrap(err, "%s", place->title);
	return 0;
}

bool
os_is_blank(const struct os *os, size_t at)
{
	return !strcmp(os->partitions[at].identity.type, "zero");
}

int
os_format(struct os *os, size_t at, const struct volume_format *format,
	  struct balimg_error *err)
{
	struct os_place *place = &os->places[at];

	if (!os_is_blank(os, at))
		return error_set(err, BALIMG_E_REFUSED, "%s is not blank",
				 place->title);
	if (volume_format(place->slice, format, err) < 0 ||
	    volume_identify(place->slice, &os->partitions[at].identity, err) <
		    0)
		return error_wrap(err, "%s", place->title);
	return 0;
}
