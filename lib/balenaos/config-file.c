/* config-file.c - the text of config.json, as the device reads it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include "balenaos/config-file.h"
#include "balenaos/fatrw.h"
#include "balenaos/places.h"
#include "base/buffer.h"

char *
config_file_where(struct os *os, struct balimg_error *err)
{
	struct buffer where = BUFFER_INIT;
	size_t at;

	if (!os_config_volume(os, &at, err))
		return NULL;
	buffer_printf(&where, "%s:%s", os_partition_title(os, at),
		      PLACE_CONFIG);
	return buffer_take(&where, NULL, err);
}

int
config_file_read(struct os *os, struct plan *plan, char **text, size_t *len,
		 struct balimg_error *err)
{
	AUTO_PLAN struct plan *unread = plan ? NULL : plan_new(err);
	AUTO_FREE char *where = config_file_where(os, err);
	struct volume *vol;
	size_t at;

	*text = NULL;
	*len = 0;
	vol = where ? os_config_volume(os, &at, err) : NULL;
	if (!vol || (!plan && !unread))
		return -1;
	if (fatrw_read(vol, PLACE_CONFIG, CONFIG_FILE_LIMIT, where,
		       plan ? plan : unread, text, len, err) == 0)
		return 0;
	if (!error_is(err, BALIMG_E_NOT_FOUND))
		return error_wrap(err, "%s", where);
	error_clear(err);
	*text = NULL;
	return 0;
}
