/* test-ssh-hostile-agent.c - an agent cannot make us read amiss
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "document/ssh-key.h"
#include "unit.h"

#define TEXT(literal) literal, sizeof(literal) - 1

struct answer {
	const char *data;
	size_t len;
	enum balimg_code code; /* that we end with */
};

/* The type that the key in an answer claims. */
#define ED_TYPE	 "\0\0\0\013ssh-ed25519"
#define ED_POINT "\0\0\0\040abcdefghijklmnopqrstuvwxyz012345"

static const struct answer answers[] = {
	{ TEXT(""), BALIMG_E_INVALID },
	{ TEXT("\0\0"), BALIMG_E_INVALID },
	{ TEXT("\0\0\0\0"), BALIMG_E_INVALID },
	{ TEXT("\377\377\377\377\014"), BALIMG_E_INVALID },
	{ TEXT("\0\004\0\001\014"), BALIMG_E_INVALID },
	{ TEXT("\0\0\0\001\005"), BALIMG_E_INVALID },
	{ TEXT("\0\0\0\001\014"), BALIMG_E_INVALID },
	{ TEXT("\0\0\0\005\014\0\0\0\0"), BALIMG_E_NOT_FOUND },
	{ TEXT("\0\0\0\005\014\377\377\377\377"), BALIMG_E_INVALID },
	{ TEXT("\0\0\0\011\014\0\0\0\001\377\377\377\377"), BALIMG_E_INVALID },
	{ TEXT("\0\0\0\011\014\0\0\0\001\0\0\0\0"), BALIMG_E_INVALID },
	{ TEXT("\0\0\0\015\014\0\0\0\001\0\0\0\0\0\0\0\0"), BALIMG_E_INVALID },
	/* A type that nobody knows, and a key cut short. */
	{ TEXT("\0\0\0\024\014\0\0\0\001\0\0\0\007\0\0\0\003foo\0\0\0\0"),
	  BALIMG_E_NOT_FOUND },
	{ TEXT("\0\0\0\034\014\0\0\0\001\0\0\0\017" ED_TYPE "\0\0\0\0"),
	  BALIMG_E_INVALID },
	/* A sound one, its comment full of what no line may have. */
	{ TEXT("\0\0\0\103\014\0\0\0\001\0\0\0\063" ED_TYPE ED_POINT
	       "\0\0\0\003\n\\\177"),
	  BALIMG_OK },
	/* A comment that is not UTF-8 is left out. */
	{ TEXT("\0\0\0\101\014\0\0\0\001\0\0\0\063" ED_TYPE ED_POINT
	       "\0\0\0\001\377"),
	  BALIMG_OK },
};

static int
listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	CHECK(fd >= 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	CHECK(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	CHECK(listen(fd, 1) == 0);
	return fd;
}

/* Be the agent: give each answer once, byte by byte. */
static void
serve(int listener)
{
	char request[5];
	size_t i;
	size_t at;

	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0 || read(fd, request, sizeof(request)) != 5)
			_exit(1);
		for (at = 0; at < answers[i].len; at++)
			if (send(fd, answers[i].data + at, 1, MSG_NOSIGNAL) <
			    0)
				break;
		close(fd);
	}
	_exit(0);
}

static void
ask(const struct answer *answer)
{
	struct balimg_error err = { 0 };
	struct ssh_keys keys;
	int rc = ssh_agent_keys(&keys, &err);

	if (err.code != answer->code)
		FAIL("answer %td: %s: %s", answer - answers,
		     balimg_code_name(err.code), err.message);
	CHECK((rc == 0) == (err.code == BALIMG_OK));
	if (rc < 0)
		return;
	CHECK(keys.count == 1);
	if (answer->data[3] == '\103')
		CHECK_STR(keys.keys[0].comment, "___");
	else
		CHECK(!keys.keys[0].comment);
	ssh_keys_clear(&keys);
}

int
main(void)
{
	char folder[] = "/tmp/balimg-agent-XXXXXX";
	char path[64];
	int listener;
	int status;
	pid_t child;
	size_t i;

	CHECK(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/socket", folder);
	listener = listen_at(path);
	child = fork();
	CHECK(child >= 0);
	if (child == 0)
		serve(listener);
	close(listener);
	setenv("SSH_AUTH_SOCK", path, 1);
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		ask(&answers[i]);
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(status == 0);
	unlink(path);
	rmdir(folder);
	return 0;
}
