/* SPDX-License-Identifier: MIT */
/* What listens where, and what its clients are joined to. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "relay.h"

/* --------------------------------------------------------------- read -- */

static int has_any_port(const struct endpoint *e)
{
	uint32_t port;

	return e->is_vsock && !e->is_monitor &&
	       sfam_vsock_addr_get(&e->addr, NULL, &port) == 0 &&
	       port == UINT32_MAX;
}

/* Words if they cannot be joined. */
static const char *check_rule(const struct relay *r, const struct rule *rule)
{
	const struct endpoint *a = &rule->a;

	if (rule->asks && (r->a_connects || !relay_may_listen(a) ||
			   relay_endpoint_kind(a) == RELAY_MESSAGES))
		return "B has any port: only clients of a stream that listens "
		       "can say which";
	return relay_mismatch(relay_endpoint_kind(a),
			      relay_endpoint_kind(&rule->b));
}

static int read_word(struct endpoint *e, const char *text,
		     struct rule_fault *fault)
{
	fault->word = text;
	fault->words = NULL;
	fault->error = relay_endpoint(e, text, &fault->diag);
	return fault->error < 0 ? -1 : 0;
}

/* Where a monitor connects to when its guest does. */
static int serve_guest(struct endpoint *a, struct rule_fault *fault)
{
	fault->word = a->text;
	fault->error = sfam_vsock_listen_addr(&a->addr, &a->vsock);
	fault->diag.expected[0] = '\0';
	a->is_vsock = a->is_monitor = 0;
	return fault->error < 0 ? -1 : 0;
}

int relay_rule_read(const struct relay *r, struct rule *rule, const char *a,
		    const char *b, struct rule_fault *ret_fault)
{
	rule->listener.fd = -1;
	rule->listener.rule = rule;
	rule->left = r->clients;
	if (read_word(&rule->a, a, ret_fault) < 0 ||
	    read_word(&rule->b, b, ret_fault) < 0)
		return -1;
	if (rule->a.is_monitor && !r->a_connects &&
	    serve_guest(&rule->a, ret_fault) < 0)
		return -1;
	rule->asks = has_any_port(&rule->b);
	ret_fault->word = a;
	if (r->with_group &&
	    relay_group_mark(&rule->a) + relay_group_mark(&rule->b) == 0)
		ret_fault->words = "-g: neither is tipc:GROUP:MEMBER";
	else
		ret_fault->words = check_rule(r, rule);
	return ret_fault->words ? -1 : 0;
}

/* ------------------------------------------------------------- listen -- */

static void note_path(struct made_path *made, int fd)
{
	/* A path of 108 bytes comes with its NUL, which is too many. */
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	memset(&ss, 0, sizeof(ss));
	made->sa.sun_path[0] = '\0';
	if (getsockname(fd, (struct sockaddr *)&ss, &len) < 0 ||
	    ss.ss_family != AF_UNIX)
		return;
	memcpy(&made->sa, &ss, sizeof(made->sa));
	/* It ends with the storage of ss, which is longer. */
	if (lstat(((struct sockaddr_un *)&ss)->sun_path, &made->st) < 0)
		made->sa.sun_path[0] = '\0';
}

static void remove_path(const struct made_path *made)
{
	char path[sizeof(made->sa.sun_path) + 1] = "";
	struct stat st;

	memcpy(path, made->sa.sun_path, sizeof(made->sa.sun_path));
	if (path[0] && lstat(path, &st) == 0 &&
	    st.st_dev == made->st.st_dev && st.st_ino == made->st.st_ino)
		unlink(path);
}

void relay_rule_say(const struct rule *rule, int fd)
{
	char text[SFAM_ADDR_STRLEN];
	struct sfam_addr addr;

	/* A port that the kernel chose is in the local address. */
	if (sfam_addr_local(&addr, fd) == 0 &&
	    !(sfam_family_traits(addr.family) & SFAM_TRAIT_NAMES))
		cli_addr_text(&addr, text, sizeof(text));
	else
		snprintf(text, sizeof(text), "%s", rule->a.text);
	fprintf(stderr, "listening on %s\n", text);
}

void relay_rule_listens(struct rule *rule, int fd)
{
	note_path(&rule->made, fd);
	relay_rule_say(rule, fd);
}

static int listens(int fd)
{
	int value = 0;

	return sfam_option_get_int(fd, SOL_SOCKET, SO_ACCEPTCONN, &value) ==
	       0 && value;
}

int relay_rule_listen(struct rule *rule)
{
	int fd = relay_serve(&rule->a);

	if (fd < 0)
		return CLI_FAILED;
	if (!listens(fd)) {		/* a name for UDP */
		close(fd);
		return CLI_OK;
	}
	rule->listener.fd = fd;
	note_path(&rule->made, fd);
	return CLI_OK;
}

void relay_rule_close(struct rule *rule)
{
	if (rule->listener.fd >= 0)
		close(rule->listener.fd);
	rule->listener.fd = -1;
	remove_path(&rule->made);
}
