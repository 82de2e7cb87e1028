/* apply-container.c - the records of a hostapp's container
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What `balena create --runtime=bare --volume=/boot IMAGE /bin/sh` leaves:
 * config.v2.json and hostconfig.json as the engine writes them (container.go
 * and types/container/host_config.go), which at the start fills in what is
 * not there.
 */
#include <config.h>

#include <stdio.h>

#include "bundle/apply-private.h"
#include "document/json.h"

#define NEVER "0001-01-01T00:00:00Z"

static json_t *
make_state(void)
{
	return json_pack("{s:b, s:b, s:b, s:b, s:b, s:b, s:i, s:i, s:s, s:s,"
			 " s:s, s:n}",
			 "Running", 0, "Paused", 0, "Restarting", 0,
			 "OOMKilled", 0, "RemovalInProgress", 0, "Dead", 0,
			 "Pid", 0, "ExitCode", 0, "Error", "", "StartedAt",
			 NEVER, "FinishedAt", NEVER, "Health");
}

/* What the image says of its containers, kept where the engine keeps it. */
static json_t *
of_image(const struct apply_store *store, const char *key, json_t *otherwise)
{
	json_t *value =
		json_object_get(json_object_get(store->config, "config"), key);

	if (!value || json_is_null(value))
		return otherwise;
	json_decref(otherwise);
	return json_incref(value);
}

static json_t *
make_config(const struct apply_store *store)
{
	char host[13];

	snprintf(host, sizeof(host), "%.12s", store->container_id);
	return json_pack("{s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:b, s:b, s:o,"
			 " s:[s], s:s+, s:{s:{}}, s:s, s:o, s:n, s:o}",
			 "Hostname", host, "Domainname", "", "User", "",
			 "AttachStdin", 0, "AttachStdout", 1, "AttachStderr",
			 1, "Tty", 0, "OpenStdin", 0, "StdinOnce", 0, "Env",
			 of_image(store, "Env", json_null()), "Cmd", "/bin/sh",
			 "Image", "sha256:", store->image_id, "Volumes",
			 "/boot", "WorkingDir", "", "Entrypoint",
			 of_image(store, "Entrypoint", json_null()), "OnBuild",
			 "Labels", of_image(store, "Labels", json_object()));
}

static json_t *
make_mount(const struct apply_store *store)
{
	return json_pack("{s:{s:s, s:s, s:b, s:s, s:s, s:s, s:{}, s:b}}",
			 "/boot", "Source", "", "Destination", "/boot", "RW",
			 1, "Name", store->volume_id, "Driver", "local",
			 "Type", "volume", "Spec", "SkipMountpointCreation",
			 0);
}

static json_t *
make_network(void)
{
	return json_pack("{s:s, s:s, s:b, s:s, s:i, s:n, s:n, s:n, s:s, s:n,"
			 " s:n, s:b, s:b}",
			 "Bridge", "", "SandboxID", "", "HairpinMode", 0,
			 "LinkLocalIPv6Address", "", "LinkLocalIPv6PrefixLen",
			 0, "Networks", "Service", "Ports", "SandboxKey", "",
			 "SecondaryIPAddresses", "SecondaryIPv6Addresses",
			 "IsAnonymousEndpoint", 1, "HasSwarmEndpoint", 0);
}

static json_t *
make_container(const struct apply_store *store)
{
	char name[32];

	snprintf(name, sizeof(name), "/hostapp_%.12s", store->container_id);
	return json_pack(
		"{s:{}, s:o, s:s, s:s, s:b, s:s, s:[], s:o, s:s+, s:o, s:s,"
		" s:s, s:s, s:s, s:s, s:s, s:i, s:b, s:b, s:o, s:n, s:n, s:s,"
		" s:s, s:s, s:s, s:s, s:s, s:b}",
		"StreamConfig", "State", make_state(), "ID",
		store->container_id, "Created", store->created, "Managed", 0,
		"Path", "/bin/sh", "Args", "Config", make_config(store),
		"Image", "sha256:", store->image_id, "NetworkSettings",
		make_network(), "LogPath", "", "Name", name, "Driver",
		store->driver, "OS", "linux", "MountLabel", "", "ProcessLabel",
		"", "RestartCount", 0, "HasBeenStartedBefore", 0,
		"HasBeenManuallyStopped", 0, "MountPoints", make_mount(store),
		"SecretReferences", "ConfigReferences", "AppArmorProfile", "",
		"HostnamePath", "", "HostsPath", "", "ShmPath", "",
		"ResolvConfPath", "", "SeccompProfile", "", "NoNewPrivileges",
		0);
}

static json_t *
make_host(void)
{
	return json_pack(
		"{s:n, s:s, s:{s:s, s:{}}, s:s, s:{}, s:{s:s, s:i}, s:b, s:s,"
		" s:n, s:n, s:n, s:[], s:[], s:[], s:n, s:n, s:s, s:s, s:n,"
		" s:i, s:s, s:b, s:b, s:b, s:n, s:s, s:s, s:i, s:s}",
		"Binds", "ContainerIDFile", "", "LogConfig", "Type",
		"json-file", "Config", "NetworkMode", "default",
		"PortBindings", "RestartPolicy", "Name", "no",
		"MaximumRetryCount", 0, "AutoRemove", 0, "VolumeDriver", "",
		"VolumesFrom", "CapAdd", "CapDrop", "Dns", "DnsOptions",
		"DnsSearch", "ExtraHosts", "GroupAdd", "IpcMode", "", "Cgroup",
		"", "Links", "OomScoreAdj", 0, "PidMode", "", "Privileged", 0,
		"PublishAllPorts", 0, "ReadonlyRootfs", 0, "SecurityOpt",
		"UTSMode", "", "UsernsMode", "", "ShmSize", 67108864,
		"Runtime", "bare");
}

/* @value, which is taken, as a file of the container's folder. */
static int
put_json(const struct apply_store *store, const char *name, json_t *value,
	 struct balimg_error *err)
{
	AUTO_FREE char *text = NULL;

	text = value ? json_value_print(value, false, err) : NULL;
	json_decref(value);
	if (!text)
		return err && err->code ? -1 : error_nomem(err);
	return apply_store_put(store, 0600, text, err, "containers/%s/%s",
			       store->container_id, name);
}

/* Which layers the container has: its own, over the image's. */
static int
put_layers(const struct apply_store *store, struct balimg_error *err)
{
	const char *id = store->container_id;
	const char *driver = store->driver;

	if (apply_store_mkdir(store, 0755, err, "image/%s/layerdb/mounts/%s",
			      driver, id) < 0 ||
	    apply_store_put(store, 0644, store->mount_id, err,
			    "image/%s/layerdb/mounts/%s/mount-id", driver,
			    id) < 0)
		return -1;
	if (!store->count)
		return 0;
	return apply_store_put(
		store, 0644, store->layers[store->count - 1].chain_id, err,
		"image/%s/layerdb/mounts/%s/parent", driver, id);
}

int
apply_put_container(const struct apply_store *store, struct balimg_error *err)
{
	const char *id = store->container_id;

	if (apply_store_mkdir(store, 0710, err, "containers/%s", id) < 0 ||
	    apply_store_mkdir(store, 0700, err, "containers/%s/checkpoints",
			      id) < 0 ||
	    put_json(store, "config.v2.json", make_container(store), err) <
		    0 ||
	    put_json(store, "hostconfig.json", make_host(), err) < 0)
		return -1;
	return put_layers(store, err);
}
