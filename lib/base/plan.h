/* plan.h - what a command is about to change, and what it has to say
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Features write down each change as it is staged, in the user's terms
 * ("resin-boot:/config.json: hostname", before, after), and notes that a
 * person should read.  Secret values are kept, and hidden when printed.
 * Recording cannot fail a feature: when memory runs out the plan remembers,
 * and plan_print() fails.
 */
#ifndef BALIMG_BASE_PLAN_H
#define BALIMG_BASE_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/error.h"

struct plan;

enum plan_severity {
	PLAN_NOTE,    /* good to know */
	PLAN_WARNING, /* likely not what was wanted */
};

struct plan_change {
	char *where;
	char *before; /* NULL: is created */
	char *after;  /* NULL: is removed */
	bool secret;  /* before and after are not to be shown */
	/* What may be shown of a secret; NULL: nothing. */
	char *before_shown;
	char *after_shown;
};

struct plan_note {
	enum plan_severity severity;
	char *where;
	char *text;
};

/* A new, empty plan, or NULL with @err set. */
struct plan *plan_new(struct balimg_error *err);
void plan_free(struct plan *plan);
DEFINE_AUTO(plan, plan_free)
#define AUTO_PLAN __attribute__((cleanup(cleanup_plan)))

/* Record a change; strings are copied.  A second change of the same @where
 * keeps the first one's before; a change back to it vanishes. */
void plan_change(struct plan *plan, const char *where, const char *before,
		 const char *after, bool secret);

/* The same for a text of which a part is secret: @before_shown and
 * @after_shown are what may be seen of it. */
void plan_change_shown(struct plan *plan, const char *where,
		       const char *before, const char *before_shown,
		       const char *after, const char *after_shown);

/* Record a note; said once however often it is recorded, and as severely as
 * it ever was. */
void plan_note(struct plan *plan, enum plan_severity severity,
	       const char *where, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Lend the items, in order; valid until the next recording. */
size_t plan_change_count(const struct plan *plan);
const struct plan_change *plan_get_change(const struct plan *plan, size_t at);
size_t plan_note_count(const struct plan *plan);
const struct plan_note *plan_get_note(const struct plan *plan, size_t at);

/* Did a recording fail for want of memory? */
bool plan_is_incomplete(const struct plan *plan);

#endif /* BALIMG_BASE_PLAN_H */
