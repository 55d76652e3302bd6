/* SPDX-License-Identifier: MIT */
/* cli_echo_server() and cli_pipe_socket() for messages of vsock. */
#ifndef SFAM_CLI_VSOCK_MESSAGES_H
#define SFAM_CLI_VSOCK_MESSAGES_H

#include "cli.h"

int vsock_message_server(int listener, uint64_t clients);
/* Ends the program if it fails: a thread may wait for stdin. */
int vsock_pipe_messages(int fd);

#endif
