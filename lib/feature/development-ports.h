/* development-ports.h - the serial ports that a boot partition names
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BALIMG_FEATURE_DEVELOPMENT_PORTS_H
#define BALIMG_FEATURE_DEVELOPMENT_PORTS_H

#include "balenaos/os.h"

#define SERIAL_PORTS_MAX 8

/* A port by its name in /dev ("ttyS0"), with its rate in bauds ("115200", ""
 * if none is given). */
struct serial_port {
	char name[32];
	char rate[12];
};

struct serial_ports {
	size_t count;
	struct serial_port ports[SERIAL_PORTS_MAX];
};

/* The ports that get the messages of the kernel, by what boot loaders and
 * firmware of @os are told; screens are none.  None at all where there is
 * nothing that could be read. */
int serial_ports_find(struct os *os, struct serial_ports *found,
		      struct balimg_error *err) MUST_USE;

#endif /* BALIMG_FEATURE_DEVELOPMENT_PORTS_H */
