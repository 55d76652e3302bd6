# SPDX-License-Identifier: MIT
EXAMPLES = \
	examples/can-echo \
	examples/can-sniff \
	examples/echo-client \
	examples/echo-server \
	examples/handover \
	examples/message-client \
	examples/message-server \
	examples/multi-server \
	examples/packet-sniff \
	examples/reconnect-client \
	examples/recv-fds \
	examples/send-fds \
	examples/service \
	examples/watch-links
check_PROGRAMS += $(EXAMPLES)
examples_message_client_SOURCES = examples/message-client.c examples/message.h
examples_message_server_SOURCES = examples/message-server.c examples/message.h

# As their users build them, not with what tests/local.mk gives to tests.
examples/%: LDADD = libsockfam.la
examples_watch_links_LDADD = libsockfam-ctl.la
examples/%.$(OBJEXT): AM_CPPFLAGS = $(BASE_CPPFLAGS)
