/* SPDX-License-Identifier: MIT */
/*
 * Messages over a stream: two bytes with the length of the header, high one
 * first; the header, a flat JSON object; as much content as that says.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockfam/sockfam.h>

#define PATIENCE_NS (INT64_C(300) * 1000000000)
#define HEADER_MAX 65535
#define CONTENT_MAX 65536

/* The value of a name in a flat JSON object, or NULL. */
static inline const char *json_value(const char *json, const char *name)
{
	char quoted[64];

	snprintf(quoted, sizeof(quoted), "\"%s\"", name);
	for (json = strstr(json, quoted); json; json = strstr(json, quoted)) {
		json += strlen(quoted);
		json += strspn(json, " \t\r\n");
		if (*json == ':')
			return json + 1 + strspn(json + 1, " \t\r\n");
	}
	return NULL;
}

static inline int message_send(int fd, const char *type, const char *encoding,
			       const void *content, size_t len)
{
	char head[512];
	int n = snprintf(head + 2, sizeof(head) - 2, "{\"byteorder\": \"%s\", "
			 "\"content-type\": \"%s\", \"content-encoding\": "
			 "\"%s\", \"content-length\": %zu}",
			 htons(1) == 1 ? "big" : "little", type, encoding, len);
	int r;

	head[0] = (char)(n >> 8);
	head[1] = (char)n;
	r = sfam_send_all(fd, head, 2 + (size_t)n, MSG_MORE, PATIENCE_NS, NULL);
	return r < 0 ? r : sfam_send_all(fd, content, len, 0, PATIENCE_NS,
					 NULL);
}

static inline int message_part(int fd, char *buf, size_t n)
{
	int r = sfam_recv_exact(fd, buf, n, PATIENCE_NS, NULL);

	buf[n] = '\0';
	return r == -ENODATA ? -EBADMSG : r;
}

/*
 * Into HEADER_MAX + 1 and CONTENT_MAX + 1 bytes; returns the length of the
 * content. -ENODATA: no more messages. -EBADMSG: cut short, or no message.
 */
static inline ssize_t message_recv(int fd, char *header, char *content)
{
	unsigned char head[2];
	const char *value;
	size_t n;
	int r = sfam_recv_exact(fd, head, 2, PATIENCE_NS, &n);

	if (r < 0)
		return r == -ENODATA && n ? -EBADMSG : r;
	r = message_part(fd, header, (size_t)head[0] << 8 | head[1]);
	if (r < 0)
		return r;
	value = json_value(header, "content-length");
	n = value ? strtoul(value, NULL, 10) : 0;
	if (!value || *value < '0' || *value > '9' || n > CONTENT_MAX)
		return -EBADMSG;
	r = message_part(fd, content, n);
	return r < 0 ? r : (ssize_t)n;
}
