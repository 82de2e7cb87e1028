/* info-customised.c - what is customised in an image, and what may go wrong
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "api/info.h"
#include "balenaos/fatrw.h"
#include "check/check.h"
#include "check/folders.h"
#include "feature/config.h"
#include "feature/customize.h"
#include "feature/development.h"
#include "feature/network.h"
#include "feature/splash.h"
#include "feature/ssh.h"
#include "feature/udev.h"

/* ---- what is customised -------------------------------------------- */

static json_t *
list_keys(struct os *os, struct balimg_error *err)
{
	json_auto_t *settings = config_read(os, err);

	return settings ? config_keys(settings, err) : NULL;
}

static json_t *
name_splash(struct os *os, struct balimg_error *err)
{
	json_auto_t *status = splash_status(os, 0, err);

	if (!status && error_is(err, BALIMG_E_NOT_FOUND)) {
		error_clear(err);
		return json_string("missing");
	}
	if (!status)
		return NULL;
	return json_string(json_is_true(json_object_get(status, "stock")) ?
				   "stock" :
				   "own");
}

/* The member @key of each object in @list, which is taken. */
static json_t *
pick(json_t *list, const char *key, struct balimg_error *err)
{
	json_auto_t *objects = list;
	json_auto_t *picked = NULL;
	json_t *object;
	size_t i;

	if (!list)
		return NULL;
	picked = json_array();
	json_array_foreach(objects, i, object) {
		if (json_array_append(picked, json_object_get(object, key)) <
		    0) {
			error_nomem(err);
			return NULL;
		}
	}
	if (!picked)
		error_nomem(err);
	return STEAL(picked);
}

static json_t *
count_keys(struct os *os, struct balimg_error *err)
{
	json_auto_t *keys = ssh_list(os, 0, err);

	return keys ? json_integer((json_int_t)json_array_size(keys)) : NULL;
}

/* The files that NetworkManager reads. */
static json_t *
list_networks(struct os *os, struct balimg_error *err)
{
	json_auto_t *list = network_list(os, 0, err);
	size_t i = 0;

	while (i < json_array_size(list)) {
		json_t *network = json_array_get(list, i);

		if (json_is_true(json_object_get(network, "ignored")))
			json_array_remove(list, i);
		else
			i++;
	}
	return list ? pick(json_incref(list), "file", err) : NULL;
}

static json_t *
tell_mode(struct os *os, struct balimg_error *err)
{
	json_auto_t *status = development_status(os, 0, err);

	return json_incref(json_object_get(status, "enabled"));
}

json_t *
info_customised(struct info *info, struct balimg_error *err)
{
	json_auto_t *object = json_object();
	struct os *os = info->os;

	if (info_add(info, object, "configKeys", list_keys(os, err), err) <
		    0 ||
	    info_add(info, object, "splash", name_splash(os, err), err) < 0 ||
	    info_add(info, object, "udevRules",
		     pick(udev_list(os, 0, err), "name", err), err) < 0 ||
	    info_add(info, object, "sshKeys", count_keys(os, err), err) < 0 ||
	    info_add(info, object, "networks", list_networks(os, err), err) <
		    0 ||
	    info_add(info, object, "developmentMode", tell_mode(os, err),
		     err) < 0)
		return NULL;
	return STEAL(object);
}

/* ---- warnings ------------------------------------------------------ */

/* More warnings of one kind help nobody. */
#define MAX_WARNINGS 50u

/* What would break the device. */
static int
warn_of_config(struct info *info, struct balimg_error *err)
{
	json_auto_t *remarks = check_config(info->os, err);
	size_t warned = 0;
	json_t *remark;
	size_t i;

	if (!remarks)
		return info_pass_over(info->warnings, err);
	json_array_foreach(remarks, i, remark) {
		const char *severity, *key, *text;
		char where[256];

		if (json_unpack(remark, "{s:s, s:s, s:s}", "severity",
				&severity, "key", &key, "text", &text) < 0)
			return error_nomem(err);
		/* That there is no JSON was said where keys were listed. */
		if (strcmp(severity, "error") != 0 || !*key)
			continue;
		if (++warned > MAX_WARNINGS)
			return info_warn(
				info->warnings, "config.json",
				"has more faults: balimg config check", err);
		snprintf(where, sizeof(where), "config.json: %s", key);
		if (info_warn(info->warnings, where, text, err) < 0)
			return -1;
	}
	return 0;
}

static int
warn_of_leftovers(struct info *info, struct balimg_error *err)
{
	struct check_folder folder = { 0 };
	size_t count;
	int more;

	while ((more = check_next_folder(info->os, &folder, err)) > 0) {
		if (fatrw_count(folder.vol, folder.path, &count, err) < 0)
			return info_pass_over(info->warnings, err);
		if (count && info_warn(info->warnings, folder.where,
				       "holds leftovers of an interrupted "
				       "write on the device: balimg repair",
				       err) < 0)
			return -1;
	}
	return more < 0 ? info_pass_over(info->warnings, err) : 0;
}

/* 2.0.0 to 2.1.x shipped a sample that is read: anyone who makes up a network
 * of its name has the device. */
static int
warn_of_placeholders(struct info *info, struct balimg_error *err)
{
	json_auto_t *list = network_list(info->os, 0, err);
	json_t *network;
	size_t i;

	if (!list)
		return info_pass_over(info->warnings, err);
	json_array_foreach(list, i, network) {
		const char *file =
			json_string_value(json_object_get(network, "file"));
		const char *ssid =
			json_string_value(json_object_get(network, "ssid"));

		if (json_is_true(json_object_get(network, "ignored")))
			continue;
		if ((!file || strcmp(file, "resin-sample") != 0) &&
		    (!ssid || strcmp(ssid, "My_Wifi_Ssid") != 0))
			continue;
		if (info_warn(info->warnings, file,
			      "is the sample network with its published "
			      "password: balimg network rm",
			      err) < 0)
			return -1;
	}
	return 0;
}

static int
warn_of_space(struct info *info, struct balimg_error *err)
{
	struct volume_space space;
	struct volume *boot;
	char text[96];
	size_t at;

	boot = os_boot(info->os, &at, err);
	if (!boot || volume_space(boot, &space, err) < 0)
		return info_pass_over(info->warnings, err);
	if (space.free >= UPDATE_ROOM)
		return 0;
	snprintf(
		text, sizeof(text),
		"%llu KiB are left; the device needs 512 KiB to update its OS",
		(unsigned long long)space.free / 1024);
	return info_warn(info->warnings, os_partition_title(info->os, at),
			 text, err);
}

static int
warn_of_signatures(struct info *info, struct balimg_error *err)
{
	struct volume *boot;
	bool exists;
	size_t at;

	boot = os_boot(info->os, &at, err);
	if (!boot || volume_exists(boot, "/balena-keys", &exists, err) < 0)
		return info_pass_over(info->warnings, err);
	if (!exists)
		return 0;
	return info_warn(info->warnings, os_partition_title(info->os, at),
			 "is signed for secure boot: files with a .sig beside "
			 "them must stay as they are",
			 err);
}

/* What other programs have left: with balena's own tools, a second FAT that
 * is not like the first. */
static int
warn_of_faults(struct info *info, struct balimg_error *err)
{
	AUTO_FAULTS struct volume_faults faults = { 0 };
	struct volume *boot;
	char text[512];
	size_t at, i;

	boot = os_boot(info->os, &at, err);
	if (!boot || volume_check(boot, &faults, err) < 0)
		return info_pass_over(info->warnings, err);
	for (i = 0; i < faults.count && i < MAX_WARNINGS; i++) {
		const struct volume_fault *fault = &faults.faults[i];

		if (fault->harmless)
			continue;
		snprintf(text, sizeof(text), "%s: balimg %s", fault->text,
			 fault->repairable ? "repair" : "check");
		if (info_warn(info->warnings, os_partition_title(info->os, at),
			      text, err) < 0)
			return -1;
	}
	return 0;
}

int
info_find_warnings(struct info *info, struct balimg_error *err)
{
	if (warn_of_config(info, err) < 0 ||
	    warn_of_leftovers(info, err) < 0 ||
	    warn_of_placeholders(info, err) < 0 ||
	    warn_of_space(info, err) < 0 || warn_of_faults(info, err) < 0)
		return -1;
	return warn_of_signatures(info, err);
}
