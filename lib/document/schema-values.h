/* schema-values.h - what a setting's value may be, beyond its type
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * For the table in schema-keys.c alone; see struct schema_key for the
 * contract.  BALIMG_E_REFUSED where the device would suffer,
 * BALIMG_E_INVALID where the setting would just not work.
 */
#ifndef BALIMG_DOCUMENT_SCHEMA_VALUES_H
#define BALIMG_DOCUMENT_SCHEMA_VALUES_H

#include <jansson.h>

#include "base/error.h"

int schema_is_hostname(const json_t *value, struct balimg_error *err);
int schema_is_country(const json_t *value, struct balimg_error *err);
int schema_is_ntp_servers(const json_t *value, struct balimg_error *err);
int schema_is_dns_servers(const json_t *value, struct balimg_error *err);
int schema_is_check_uri(const json_t *value, struct balimg_error *err);
int schema_is_check_text(const json_t *value, struct balimg_error *err);
int schema_is_check_interval(const json_t *value, struct balimg_error *err);
int schema_is_root_ca(const json_t *value, struct balimg_error *err);
int schema_is_udev_rules(const json_t *value, struct balimg_error *err);
int schema_is_ssh_keys(const json_t *value, struct balimg_error *err);
int schema_is_endpoint(const json_t *value, struct balimg_error *err);
int schema_is_uuid(const json_t *value, struct balimg_error *err);
int schema_is_slug(const json_t *value, struct balimg_error *err);
int schema_is_word(const json_t *value, struct balimg_error *err);
int schema_is_device_names(const json_t *value, struct balimg_error *err);
int schema_is_flag(const json_t *value, struct balimg_error *err);
int schema_is_port(const json_t *value, struct balimg_error *err);
int schema_is_count(const json_t *value, struct balimg_error *err);

#endif /* BALIMG_DOCUMENT_SCHEMA_VALUES_H */
