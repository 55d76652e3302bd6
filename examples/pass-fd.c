/* SPDX-License-Identifier: MIT */
/* A child opens a file and passes it to its parent: pass-fd FILE */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

static int child(int sock, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		perror(path);
		return 1;
	}
	return sfam_fdpass_send(sock, &fd, 1, "file", 4, SFAM_FOREVER) != 4;
}

int main(int argc, char **argv)
{
	char buf[4096];
	int sock[2], fd;
	size_t n_fds = 0;
	ssize_t n;

	if (argc != 2 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sock) < 0)
		return 2;
	if (fork() == 0)
		return child(sock[1], argv[1]);
	close(sock[1]);
	n = sfam_fdpass_recv(sock[0], &fd, 1, &n_fds, buf, sizeof(buf),
			     SFAM_FOREVER);
	if (n < 0)
		fprintf(stderr, "receive: %s\n", strerror((int)-n));
	if (n <= 0 || n_fds != 1)
		return 1;
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, (size_t)n, stdout);
	close(fd);
	return 0;
}
