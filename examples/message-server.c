/* SPDX-License-Identifier: MIT */
/*
 * Answers {"action": "search", "value": WORD}, and other content with its
 * first ten bytes:  message-server [ADDR]     (inet:127.0.0.1:65432)
 */
#include <signal.h>
#include <unistd.h>

#include "message.h"

static const char *const words[][2] = {
	{ "\"can\"", "\"a bus in cars\"" },
	{ "\"tipc\"", "\"names, not places \xf0\x9f\x93\xa1\"" },
	{ "\"vsock\"", "\"from a machine to its host\"" },
};

static int answer(int fd, const char *content)
{
	const char *action = json_value(content, "action");
	const char *word = json_value(content, "value");
	const char *result = "\"no such word\"";
	char reply[256];

	if (!word || !action || strncmp(action, "\"search\"", 8) != 0)
		word = "", result = "\"no such action\"";
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strncmp(word, words[i][0], strlen(words[i][0])) == 0)
			result = words[i][1];
	snprintf(reply, sizeof(reply), "{\"result\": %s}", result);
	return message_send(fd, "text/json", "utf-8", reply, strlen(reply));
}

static int serve(int fd)
{
	static char header[HEADER_MAX + 1], content[CONTENT_MAX + 1];
	const char *type;
	ssize_t n;
	int r = 0;

	while (r == 0 && (n = message_recv(fd, header, content)) >= 0) {
		type = json_value(header, "content-type");
		if (type && strncmp(type, "\"text/json\"", 11) == 0)
			r = answer(fd, content);
		else
			r = message_send(fd, "binary/first-bytes", "binary",
					 content, n < 10 ? (size_t)n : 10);
	}
	if (r == 0 && n != -ENODATA)
		r = (int)n;
	if (r < 0)
		fprintf(stderr, "client: %s\n", strerror(-r));
	return r < 0;
}

int main(int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : "inet:127.0.0.1:65432";
	char why[SFAM_ERROR_STRLEN] = "listening";
	struct sfam_diag diag = { 0 };
	int listener, fd = 0, pid;

	listener = sfam_open_text(text, strlen(text), SFAM_OPEN_LISTEN, NULL,
				  &diag);
	if (listener < 0)
		sfam_error_format(listener, why, sizeof(why));
	fprintf(stderr, "%s: %s %s\n", text, why, diag.expected);
	signal(SIGCHLD, SIG_IGN);	/* nobody waits for the children */
	while (listener >= 0 && (fd >= 0 || fd == -ECONNABORTED)) {
		fd = sfam_accept(listener, 0, SFAM_FOREVER, NULL);
		pid = fd < 0 ? -1 : fork();
		if (pid == 0)
			return close(listener) < 0 || serve(fd);
		if (pid < 0)
			fprintf(stderr, "no client: %s\n",
				strerror(fd < 0 ? -fd : errno));
		if (fd >= 0)
			close(fd);
	}
	return 1;
}
