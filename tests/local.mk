# SPDX-License-Identifier: MIT
# What names no flags of its own is a test: harness, check and libsockfam.
AM_CPPFLAGS = $(BASE_CPPFLAGS) -I$(top_srcdir)/tests/harness \
	$(CHECK_CFLAGS) -DTESTDATA_DIR='"$(abs_top_srcdir)/tests/data"'
# Without libtool's script around each, which is slow to start in the VM.
AM_LDFLAGS = $(BASE_LDFLAGS) -no-install
LDADD = libharness.la libsockfam.la libsockfam-ctl.la $(CHECK_LIBS)
# For what is tested from the inside: sources of the library and the tool.
INTERNAL_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/src/lib \
	-I$(top_srcdir)/src/cli

check_LTLIBRARIES += libharness.la
libharness_la_SOURCES = \
	tests/harness/harness.c \
	tests/harness/harness.h \
	tests/harness/need.c \
	tests/harness/need.h
libharness_la_LIBADD = libsockfam.la libsockfam-ctl.la $(CHECK_LIBS)

# Preloaded into python by tests/peer/addr.sh; -rpath makes it shared.
check_LTLIBRARIES += libaddrspy.la
libaddrspy_la_SOURCES = tests/peer/addr-spy.c
libaddrspy_la_LIBADD =
libaddrspy_la_LDFLAGS = -module -avoid-version -rpath /nowhere

# What tests/peer/capture.sh sees of the library.
check_PROGRAMS += capture-tool
capture_tool_CPPFLAGS = $(BASE_CPPFLAGS) -I$(top_srcdir)/src/cli
capture_tool_SOURCES = tests/peer/capture-tool.c \
	src/cli/capture-rotate.c src/cli/capture-rotate.h
capture_tool_LDADD = libsockfam.la
# Prints packets for tests/peer/decode.sh.
check_PROGRAMS += tests/peer/decode-print
tests_peer_decode_print_CPPFLAGS = $(INTERNAL_CPPFLAGS)
tests_peer_decode_print_SOURCES = tests/peer/decode-print.c \
	$(DECODE_SOURCES) src/cli/json.c src/cli/json.h
tests_peer_decode_print_LDADD = libsockfam.la

UNIT_TESTS = \
	tests/unit/test-addr \
	tests/unit/test-alg \
	tests/unit/test-alg-hash \
	tests/unit/test-alg-place \
	tests/unit/test-alg-traps \
	tests/unit/test-alg-vectors \
	tests/unit/test-alg-why \
	tests/unit/test-api \
	tests/unit/test-bits \
	tests/unit/test-bpf \
	tests/unit/test-can-asc \
	tests/unit/test-can-asc-write \
	tests/unit/test-can-bcm \
	tests/unit/test-can-bcm-bus \
	tests/unit/test-can-bcm-message \
	tests/unit/test-can-bcm-watch \
	tests/unit/test-can-bits \
	tests/unit/test-can-bus \
	tests/unit/test-can-confirm \
	tests/unit/test-can-ctl \
	tests/unit/test-can-error \
	tests/unit/test-can-filter \
	tests/unit/test-can-filter-bpf \
	tests/unit/test-can-filter-terms \
	tests/unit/test-can-filters \
	tests/unit/test-can-frame \
	tests/unit/test-can-gen \
	tests/unit/test-can-gw \
	tests/unit/test-can-gw-frames \
	tests/unit/test-can-gw-rules \
	tests/unit/test-can-isotp \
	tests/unit/test-can-isotp-random \
	tests/unit/test-can-isotp-reader \
	tests/unit/test-can-isotp-talk \
	tests/unit/test-can-j1939 \
	tests/unit/test-can-j1939-claim \
	tests/unit/test-can-j1939-transfer \
	tests/unit/test-can-log \
	tests/unit/test-can-loss \
	tests/unit/test-can-option \
	tests/unit/test-can-receive \
	tests/unit/test-can-screen \
	tests/unit/test-can-ring \
	tests/unit/test-can-send \
	tests/unit/test-can-text \
	tests/unit/test-can-timing \
	tests/unit/test-can-tools \
	tests/unit/test-can-txtime \
	tests/unit/test-can-watch \
	tests/unit/test-can-watch-rows \
	tests/unit/test-capture-damage \
	tests/unit/test-capture-fault \
	tests/unit/test-capture-link \
	tests/unit/test-capture-read \
	tests/unit/test-capture-rotate \
	tests/unit/test-capture-write \
	tests/unit/test-cmsg \
	tests/unit/test-connect \
	tests/unit/test-connect-name \
	tests/unit/test-crypto-list \
	tests/unit/test-decode \
	tests/unit/test-family \
	tests/unit/test-fdcheck \
	tests/unit/test-fdlies \
	tests/unit/test-fdmessage \
	tests/unit/test-fdpass \
	tests/unit/test-fdstore \
	tests/unit/test-handover \
	tests/unit/test-io \
	tests/unit/test-json \
	tests/unit/test-link \
	tests/unit/test-link-step \
	tests/unit/test-listen \
	tests/unit/test-message \
	tests/unit/test-move \
	tests/unit/test-option \
	tests/unit/test-output \
	tests/unit/test-pace \
	tests/unit/test-packet \
	tests/unit/test-packet-fanout \
	tests/unit/test-packet-io \
	tests/unit/test-packet-vnet \
	tests/unit/test-packet-filter \
	tests/unit/test-packet-filter-answers \
	tests/unit/test-readers \
	tests/unit/test-resolve \
	tests/unit/test-ring \
	tests/unit/test-ring-link \
	tests/unit/test-ring-netns \
	tests/unit/test-ring-open \
	tests/unit/test-rows \
	tests/unit/test-serve \
	tests/unit/test-service \
	tests/unit/test-service-crowd \
	tests/unit/test-service-end \
	tests/unit/test-service-message \
	tests/unit/test-service-redial \
	tests/unit/test-socket \
	tests/unit/test-socket-list \
	tests/unit/test-storm \
	tests/unit/test-sum-line \
	tests/unit/test-text \
	tests/unit/test-tipc-cluster \
	tests/unit/test-tipc-ctl \
	tests/unit/test-tipc-group \
	tests/unit/test-tipc-message \
	tests/unit/test-tipc-names \
	tests/unit/test-tipc-nodes \
	tests/unit/test-tipc-topology \
	tests/unit/test-tipc-traffic \
	tests/unit/test-vsock-address \
	tests/unit/test-vsock-connect \
	tests/unit/test-vsock-monitor \
	tests/unit/test-vsock-socket \
	tests/unit/test-watch
if HAVE_CRYPTO
UNIT_TESTS += tests/unit/test-alg-random
endif
check_PROGRAMS += $(UNIT_TESTS)

# What tests/peer/filter.sh asks.
check_PROGRAMS += tests/peer/filter-answers
tests_peer_filter_answers_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(top_srcdir)/tests/unit
tests_peer_filter_answers_SOURCES = tests/peer/filter-answers.c \
	tests/unit/filter-packets.h

tests_unit_test_alg_SOURCES = tests/unit/test-alg.c \
	tests/unit/alg-common.h
tests_unit_test_alg_hash_SOURCES = tests/unit/test-alg-hash.c \
	tests/unit/alg-common.h
tests_unit_test_alg_random_CPPFLAGS = $(AM_CPPFLAGS) $(CRYPTO_CFLAGS)
tests_unit_test_alg_random_LDADD = $(LDADD) $(CRYPTO_LIBS) -lpthread
tests_unit_test_alg_place_SOURCES = tests/unit/test-alg-place.c \
	tests/unit/alg-common.h
tests_unit_test_alg_random_SOURCES = tests/unit/test-alg-random.c \
	tests/unit/alg-common.h
tests_unit_test_alg_traps_SOURCES = tests/unit/test-alg-traps.c \
	tests/unit/alg-traps-keys.c tests/unit/alg-traps.h \
	tests/unit/alg-common.h
tests_unit_test_alg_why_SOURCES = tests/unit/test-alg-why.c \
	tests/unit/alg-common.h
tests_unit_test_alg_vectors_SOURCES = tests/unit/test-alg-vectors.c \
	tests/unit/alg-common.h

# Against the shared library alone, to see that every symbol is there.
tests_unit_test_api_LDADD = libsockfam.la libsockfam-ctl.la
tests_unit_test_api_SOURCES = tests/unit/test-api.c \
	tests/unit/test-api-bcm.c tests/unit/test-api-can.c \
	tests/unit/test-api-isotp.c \
	tests/unit/test-api-j1939.c tests/unit/test-api-packet.c \
	tests/unit/test-api-service.c tests/unit/test-api-tipc.c \
	tests/unit/test-api-vsock.c tests/unit/test-api.h
tests_unit_test_can_ctl_LDADD = $(LDADD) $(SOCKETCAN_LIBS)
# Their pthread_create(), ppoll() and setsockopt() are to be libsockfam's.
tests_unit_test_readers_LDFLAGS = $(AM_LDFLAGS) -rdynamic
tests_unit_test_ring_link_LDFLAGS = $(AM_LDFLAGS) -rdynamic
tests_unit_test_ring_open_LDFLAGS = $(AM_LDFLAGS) -rdynamic
# Its recvmsg() is to be libnl's.
tests_unit_test_socket_list_LDFLAGS = $(AM_LDFLAGS) -rdynamic
tests_unit_test_bits_LDADD = libsockfam.la
tests_unit_test_bits_SOURCES = tests/unit/test-bits.c \
	tests/unit/test-bits-bcm.c tests/unit/test-bits-fd.c \
	tests/unit/test-bits.h
tests_unit_test_bpf_SOURCES = tests/unit/test-bpf.c \
	tests/unit/bpf-random.h
tests_unit_test_can_bcm_SOURCES = tests/unit/test-can-bcm.c \
	tests/unit/test-can-bcm.h tests/unit/test-can-vcan.h
tests_unit_test_can_bcm_bus_SOURCES = tests/unit/test-can-bcm-bus.c \
	tests/unit/test-can-bcm.h tests/unit/test-can-vcan.h
tests_unit_test_can_bcm_message_SOURCES = tests/unit/test-can-bcm-message.c \
	tests/unit/test-can-bcm.h tests/unit/test-can-vcan.h
tests_unit_test_can_bcm_watch_SOURCES = tests/unit/test-can-bcm-watch.c \
	tests/unit/test-can-bcm.h tests/unit/test-can-vcan.h
tests_unit_test_can_filter_bpf_CPPFLAGS = $(INTERNAL_CPPFLAGS)
tests_unit_test_can_filter_bpf_SOURCES = tests/unit/test-can-filter-bpf.c \
	src/lib/can/filter-bpf.c src/lib/can/filters.h
tests_unit_test_can_filter_terms_SOURCES = \
	tests/unit/test-can-filter-terms.c tests/unit/filter-terms.h \
	tests/unit/test-can-vcan.h
tests_unit_test_can_confirm_SOURCES = tests/unit/test-can-confirm.c \
	tests/unit/test-can-vcan.h
tests_unit_test_can_filters_SOURCES = tests/unit/test-can-filters.c \
	tests/unit/test-can-vcan.h
tests_unit_test_can_gen_CPPFLAGS = $(INTERNAL_CPPFLAGS)
tests_unit_test_can_gen_SOURCES = tests/unit/test-can-gen.c \
	src/cli/can-gen-frame.c src/cli/can-gen-frame.h
tests_unit_test_can_gw_SOURCES = tests/unit/test-can-gw.c \
	tests/unit/gw-random.h
tests_unit_test_can_gw_frames_SOURCES = tests/unit/test-can-gw-frames.c \
	tests/unit/gw-links.h tests/unit/gw-model.h tests/unit/gw-random.h \
	tests/unit/test-can-vcan.h
tests_unit_test_can_gw_rules_SOURCES = tests/unit/test-can-gw-rules.c \
	tests/unit/gw-links.h tests/unit/gw-random.h
tests_unit_test_can_isotp_SOURCES = tests/unit/test-can-isotp.c \
	tests/unit/test-can-isotp.h tests/unit/test-can-vcan.h
tests_unit_test_can_isotp_talk_SOURCES = tests/unit/test-can-isotp-talk.c \
	tests/unit/test-can-isotp.h tests/unit/test-can-vcan.h
tests_unit_test_can_loss_SOURCES = tests/unit/test-can-loss.c \
	tests/unit/test-can-vcan.h
tests_unit_test_can_ring_SOURCES = tests/unit/test-can-ring.c \
	tests/unit/test-can-vcan.h
tests_unit_test_can_j1939_SOURCES = tests/unit/test-can-j1939.c \
	tests/unit/test-can-j1939.h tests/unit/test-can-vcan.h
tests_unit_test_can_j1939_claim_SOURCES = tests/unit/test-can-j1939-claim.c \
	tests/unit/test-can-j1939.h tests/unit/test-can-vcan.h
tests_unit_test_can_j1939_transfer_SOURCES = \
	tests/unit/test-can-j1939-transfer.c \
	tests/unit/test-can-j1939.h tests/unit/test-can-vcan.h
tests_unit_test_can_option_SOURCES = tests/unit/test-can-option.c \
	tests/unit/test-can-vcan.h
tests_unit_test_can_receive_SOURCES = tests/unit/test-can-receive.c \
	tests/unit/test-can-vcan.h
tests_unit_test_can_send_SOURCES = tests/unit/test-can-send.c \
	tests/unit/test-can-vcan.h
tests_unit_test_can_tools_CPPFLAGS = $(INTERNAL_CPPFLAGS)
tests_unit_test_can_tools_SOURCES = tests/unit/test-can-tools.c \
	src/cli/can-count.c src/cli/can-load-count.c src/cli/can-load.h \
	src/cli/can-tools.h src/cli/cli.c src/cli/cli.h \
	src/cli/spread.c src/cli/spread.h
tests_unit_test_can_txtime_SOURCES = tests/unit/test-can-txtime.c \
	tests/unit/test-can-vcan.h
tests_unit_test_can_watch_rows_CPPFLAGS = $(INTERNAL_CPPFLAGS)
tests_unit_test_can_watch_rows_SOURCES = tests/unit/test-can-watch-rows.c \
	src/cli/can-watch-rows.c src/cli/can-watch.h
tests_unit_test_capture_damage_SOURCES = tests/unit/test-capture-damage.c \
	tests/unit/capture-bytes.h tests/unit/capture-items.h
tests_unit_test_capture_fault_SOURCES = tests/unit/test-capture-fault.c \
	tests/unit/capture-writer.h
tests_unit_test_capture_read_SOURCES = tests/unit/test-capture-read.c \
	tests/unit/capture-bytes.h tests/unit/capture-items.h
tests_unit_test_capture_rotate_CPPFLAGS = $(INTERNAL_CPPFLAGS)
tests_unit_test_capture_rotate_SOURCES = tests/unit/test-capture-rotate.c \
	src/cli/capture-rotate.c src/cli/capture-rotate.h
tests_unit_test_capture_write_SOURCES = tests/unit/test-capture-write.c \
	tests/unit/capture-bytes.h tests/unit/capture-writer.h
tests_unit_test_connect_SOURCES = tests/unit/test-connect.c \
	tests/unit/pairs.h
tests_unit_test_connect_name_SOURCES = tests/unit/test-connect-name.c \
	tests/unit/pairs.h tests/unit/test-etc.h tests/unit/test-named.h
tests_unit_test_serve_SOURCES = tests/unit/test-serve.c \
	tests/unit/test-etc.h tests/unit/test-named.h
tests_unit_test_readers_LDADD = $(LDADD) -lpthread
tests_unit_test_readers_SOURCES = tests/unit/test-readers.c \
	tests/unit/test-packet.h tests/unit/test-ring.h
tests_unit_test_resolve_SOURCES = tests/unit/test-resolve.c \
	tests/unit/test-etc.h
tests_unit_test_io_SOURCES = tests/unit/test-io.c tests/unit/pairs.h
tests_unit_test_link_step_CPPFLAGS = $(INTERNAL_CPPFLAGS) \
	-I$(top_srcdir)/src/ctl $(NL_CFLAGS)
tests_unit_test_link_step_SOURCES = tests/unit/test-link-step.c \
	src/ctl/link-step.c src/ctl/link-step.h
tests_unit_test_move_SOURCES = tests/unit/test-move.c tests/unit/pairs.h
tests_unit_test_fdcheck_SOURCES = tests/unit/test-fdcheck.c \
	tests/unit/test-fd.h
tests_unit_test_fdmessage_SOURCES = tests/unit/test-fdmessage.c \
	tests/unit/test-fd.h
tests_unit_test_fdlies_SOURCES = tests/unit/test-fdlies.c \
	tests/unit/test-fd.h
tests_unit_test_fdstore_SOURCES = tests/unit/test-fdstore.c \
	tests/unit/test-fd.h
tests_unit_test_handover_SOURCES = tests/unit/test-handover.c \
	tests/unit/test-fd.h
tests_unit_test_listen_SOURCES = tests/unit/test-listen.c \
	tests/unit/test-fd.h
tests_unit_test_message_SOURCES = tests/unit/test-message.c \
	tests/unit/test-fd.h tests/unit/test-udp.h
tests_unit_test_cmsg_SOURCES = tests/unit/test-cmsg.c tests/unit/test-udp.h
tests_unit_test_decode_CPPFLAGS = $(INTERNAL_CPPFLAGS)
tests_unit_test_decode_SOURCES = tests/unit/test-decode.c \
	$(DECODE_SOURCES) src/cli/json.c src/cli/json.h
tests_unit_test_packet_SOURCES = tests/unit/test-packet.c \
	tests/unit/test-packet.h
tests_unit_test_packet_fanout_SOURCES = tests/unit/test-packet-fanout.c \
	tests/unit/test-packet.h
tests_unit_test_packet_io_SOURCES = tests/unit/test-packet-io.c \
	tests/unit/test-packet.h
tests_unit_test_packet_vnet_SOURCES = tests/unit/test-packet-vnet.c \
	tests/unit/test-packet.h tests/unit/test-ring.h
tests_unit_test_ring_SOURCES = tests/unit/test-ring.c \
	tests/unit/test-packet.h tests/unit/test-ring.h
tests_unit_test_ring_link_LDADD = $(LDADD) -lpthread
tests_unit_test_ring_link_SOURCES = tests/unit/test-ring-link.c \
	tests/unit/test-packet.h tests/unit/test-ring.h
tests_unit_test_ring_netns_SOURCES = tests/unit/test-ring-netns.c \
	tests/unit/test-packet.h tests/unit/test-ring.h
tests_unit_test_ring_open_SOURCES = tests/unit/test-ring-open.c \
	tests/unit/test-packet.h tests/unit/test-ring.h
tests_unit_test_packet_filter_SOURCES = tests/unit/test-packet-filter.c \
	tests/unit/filter-packets.h tests/unit/filter-program.h
tests_unit_test_packet_filter_answers_SOURCES = \
	tests/unit/test-packet-filter-answers.c \
	tests/unit/filter-packets.h tests/unit/filter-program.h
tests_unit_test_tipc_cluster_SOURCES = tests/unit/test-tipc-cluster.c \
	tests/unit/test-tipc.h
tests_unit_test_tipc_group_LDADD = $(LDADD) -lpthread
tests_unit_test_tipc_group_SOURCES = tests/unit/test-tipc-group.c \
	tests/unit/test-tipc-data.h
tests_unit_test_tipc_message_SOURCES = tests/unit/test-tipc-message.c \
	tests/unit/test-tipc-data.h
tests_unit_test_tipc_nodes_SOURCES = tests/unit/test-tipc-nodes.c \
	tests/unit/test-tipc-data.h tests/unit/test-tipc-nodes.h
tests_unit_test_tipc_topology_LDADD = $(LDADD) -lpthread
tests_unit_test_tipc_topology_SOURCES = tests/unit/test-tipc-topology.c \
	tests/unit/test-tipc-data.h
tests_unit_test_tipc_traffic_SOURCES = tests/unit/test-tipc-traffic.c \
	tests/unit/test-tipc-data.h tests/unit/test-tipc-nodes.h
tests_unit_test_tipc_names_SOURCES = tests/unit/test-tipc-names.c \
	tests/unit/test-tipc.h
tests_unit_test_vsock_connect_SOURCES = tests/unit/test-vsock-connect.c \
	tests/unit/storm.h
tests_unit_test_vsock_monitor_LDADD = $(LDADD) -lpthread
tests_unit_test_vsock_socket_LDADD = $(LDADD) -lpthread
# Its accept4() is to be libsockfam's.
tests_unit_test_service_LDFLAGS = $(AM_LDFLAGS) -rdynamic
tests_unit_test_service_SOURCES = tests/unit/test-service.c \
	tests/unit/test-service-turns.h tests/unit/test-service.h
tests_unit_test_service_end_LDADD = $(LDADD) -lpthread
tests_unit_test_service_end_SOURCES = tests/unit/test-service-end.c \
	tests/unit/test-service-turns.h tests/unit/test-service.h
tests_unit_test_service_crowd_SOURCES = tests/unit/test-service-crowd.c \
	tests/unit/test-service.h
tests_unit_test_service_message_SOURCES = tests/unit/test-service-message.c \
	tests/unit/test-service.h
tests_unit_test_service_redial_SOURCES = tests/unit/test-service-redial.c \
	tests/unit/test-service.h
tests_unit_test_socket_SOURCES = tests/unit/test-socket.c \
	tests/unit/storm.h
tests_unit_test_storm_SOURCES = tests/unit/test-storm.c tests/unit/pairs.h \
	tests/unit/storm.h
tests_unit_test_output_CPPFLAGS = $(INTERNAL_CPPFLAGS)
tests_unit_test_output_SOURCES = tests/unit/test-output.c \
	src/cli/cli.c src/cli/cli.h src/cli/output.c src/cli/output.h
tests_unit_test_can_screen_CPPFLAGS = $(INTERNAL_CPPFLAGS)
tests_unit_test_can_screen_SOURCES = tests/unit/test-can-screen.c \
	src/cli/can-screen.c src/cli/can-screen.h
tests_unit_test_pace_CPPFLAGS = $(INTERNAL_CPPFLAGS)
tests_unit_test_pace_SOURCES = tests/unit/test-pace.c \
	src/cli/cli.c src/cli/cli.h src/cli/pace.c src/cli/pace.h
tests_unit_test_json_CPPFLAGS = $(INTERNAL_CPPFLAGS)
tests_unit_test_json_SOURCES = tests/unit/test-json.c \
	src/cli/json.c src/cli/json.h
tests_unit_test_sum_line_CPPFLAGS = $(INTERNAL_CPPFLAGS)
tests_unit_test_sum_line_SOURCES = tests/unit/test-sum-line.c \
	src/cli/hex.c src/cli/hex.h src/cli/sum-line.c src/cli/sum-line.h
tests_unit_test_text_CPPFLAGS = $(INTERNAL_CPPFLAGS)
tests_unit_test_text_SOURCES = tests/unit/test-text.c \
	src/lib/base/scan.c src/lib/base/write.c src/lib/base/hex.c

# The same source once more in 32 bits, where the compiler can (gcc-multilib);
# tests/m32.sh says if it could not.
M32_FLAGS = -m32 -std=gnu11 -O1 -w $(BASE_CPPFLAGS) -I$(top_srcdir)/src/lib \
	-DSFAM_VERSION='""'
m32-bits: $(tests_unit_test_bits_SOURCES) $(libsockfam_la_SOURCES)
	-@$(CC) $(M32_FLAGS) -o $@ $(srcdir)/tests/unit/test-bits*.c \
		$(srcdir)/src/lib/*/*.c 2>m32.log || rm -f $@
M32_TEST = tests/m32.sh
CLEANFILES += m32-bits m32.log

# The tool as its user meets it, where no family is needed.
CLI_TEST = tests/cli.sh

PEER_TESTS = \
	tests/peer/addr.sh \
	tests/peer/alg.sh \
	tests/peer/can-asc.sh \
	tests/peer/can-log.sh \
	tests/peer/can-gone.sh \
	tests/peer/can-hw.sh \
	tests/peer/can-play.sh \
	tests/peer/can-ring.sh \
	tests/peer/bcm.sh \
	tests/peer/can-dump.sh \
	tests/peer/can-tools.sh \
	tests/peer/can.sh \
	tests/peer/capture.sh \
	tests/peer/ctl.sh \
	tests/peer/decode.sh \
	tests/peer/examples.sh \
	tests/peer/fd.sh \
	tests/peer/fdpass.sh \
	tests/peer/fdstore.sh \
	tests/peer/filter.sh \
	tests/peer/gw.sh \
	tests/peer/isotp.sh \
	tests/peer/j1939.sh \
	tests/peer/j1939-talk.sh \
	tests/peer/names.sh \
	tests/peer/packet.sh \
	tests/peer/relay.sh \
	tests/peer/sockets.sh \
	tests/peer/tipc-can.sh \
	tests/peer/tipc-ctl.sh \
	tests/peer/tipc.sh \
	tests/peer/verbs.sh \
	tests/peer/vsock.sh

EXTRA_DIST += $(CLI_TEST) $(M32_TEST) $(PEER_TESTS) \
	tests/data/addresses.txt \
	tests/data/alg-vectors.py \
	tests/data/alg-vectors.txt \
	tests/data/can-text.txt \
	tests/data/filters.txt \
	tests/data/packet-lines.txt \
	tests/fuzz/fuzz-addr.c \
	tests/fuzz/fuzz-bpf.c \
	tests/fuzz/fuzz-can-log.c \
	tests/fuzz/fuzz-can-text.c \
	tests/fuzz/fuzz-capture.c \
	tests/fuzz/fuzz-decode.c \
	tests/fuzz/fuzz-filter.c \
	tests/fuzz/fuzz-isotp.c \
	tests/pair/guest.py \
	tests/pair/host \
	tests/pair/init \
	tests/pair/pair.py \
	tests/pair/run \
	tests/peer/addr.py \
	tests/peer/alg-cipher.sh \
	tests/peer/alg-rest.sh \
	tests/peer/alg-seal.py \
	tests/peer/alg-seal.sh \
	tests/peer/alg-sums.sh \
	tests/peer/alg-whole.sh \
	tests/peer/bcm.py \
	tests/peer/can-asc.py \
	tests/peer/can-bits.py \
	tests/peer/can-dump.py \
	tests/peer/can-gone.py \
	tests/peer/can-hw.py \
	tests/peer/can-lost.py \
	tests/peer/can-peer.py \
	tests/peer/can-replay.py \
	tests/peer/can_dump.py \
	tests/peer/can_dump_files.py \
	tests/peer/can_hw.py \
	tests/peer/can-watch.py \
	tests/peer/capture.py \
	tests/peer/cases.py \
	tests/peer/ctl.py \
	tests/peer/decode-traffic.py \
	tests/peer/decode.py \
	tests/peer/examples.py \
	tests/peer/fd.py \
	tests/peer/fdpass.py \
	tests/peer/fdstore.py \
	tests/peer/fdtool.py \
	tests/peer/filter.py \
	tests/peer/gw.py \
	tests/peer/isotp.py \
	tests/peer/j1939.py \
	tests/peer/j1939-talk.py \
	tests/peer/lib.sh \
	tests/peer/names.py \
	tests/peer/one_cpu.py \
	tests/peer/packets.py \
	tests/peer/relay.py \
	tests/peer/resting.py \
	tests/peer/sockets.py \
	tests/peer/tipc-ctl.py \
	tests/peer/tipc.py \
	tests/peer/verbs-fd.sh \
	tests/peer/verbs-stream.sh \
	tests/peer/verbs.py \
	tests/peer/vsock.py \
	tests/peer/vsock_forward.py \
	tests/peer/vsocktool.py \
	tests/run-tests \
	tests/vm/README \
	tests/vm/fetch-ctucanfd \
	tests/vm/fetch-kernel \
	tests/vm/guest \
	tests/vm/init \
	tests/vm/run

# Here on the host an unmet need is a skip; in the VM it is a failure.
check-local: all $(check_PROGRAMS) m32-bits
	SOCKFAM=$(abs_builddir)/sockfam $(srcdir)/tests/run-tests \
		$(UNIT_TESTS) $(abs_srcdir)/$(M32_TEST) \
		$(abs_srcdir)/$(CLI_TEST)

# All of it again on a kernel that has every family, and the peers.
# `make check-vm KERNEL=6.1` for the other kernel. SFAM_ROUNDS: there is no
# hurry in finding on a slow machine what the host has looked for. PATH: the
# peers are Debian's, and not what the host's user may have in front of them.
KERNEL = 6.12
check-vm-programs: all $(check_PROGRAMS) $(check_LTLIBRARIES) m32-bits
check-vm: check-vm-programs
	PATH="/usr/sbin:/usr/bin:$$PATH" SFAM_REQUIRE=all \
	SFAM_PLACE=vm-$(KERNEL) SFAM_ROUNDS=5000 \
	SFAM_VM_ENV="SOCKFAM" SOCKFAM=$(abs_builddir)/sockfam \
	$(srcdir)/tests/vm/run --kernel $(KERNEL) --can-bus --canfd-bus \
		--timeout 4000 \
		$(abs_srcdir)/tests/run-tests $(UNIT_TESTS) \
		$(abs_srcdir)/$(M32_TEST) $(abs_srcdir)/$(CLI_TEST) \
		$(PEER_TESTS:%=$(abs_srcdir)/%) </dev/null

# A host with vhost_vsock, and a guest in it: vsock between real machines.
check-vmpair: all
	PATH="/usr/sbin:/usr/bin:$$PATH" SOCKFAM=$(abs_builddir)/sockfam \
	$(srcdir)/tests/pair/run $(KERNEL) $(abs_builddir)/pair
CLEANFILES += pair/initrd pair/state

# A thousand clients of one relay for a minute, by hand: all their bytes must
# come back, and the descriptors go.
soak-relay: all
	SFAM_VM_ENV="SOCKFAM" SOCKFAM=$(abs_builddir)/sockfam \
	$(srcdir)/tests/vm/run --kernel $(KERNEL) --timeout 900 python3 \
		$(abs_srcdir)/tests/peer/relay.py soak 1000 60 </dev/null

# How well sockfam can play and canplayer keep the stamps of a log, by hand:
# FRAMES of it at 1 ms, ROUNDS times each. Time goes by instructions, so that
# nothing else on the machine counts; ICOUNT= for what a clock says.
FRAMES = 10000
ROUNDS = 3
ICOUNT = --icount
measure-replay: all
	PATH="/usr/sbin:/usr/bin:$$PATH" \
	SFAM_VM_ENV="SOCKFAM" SOCKFAM=$(abs_builddir)/sockfam \
	$(srcdir)/tests/vm/run --kernel $(KERNEL) $(ICOUNT) --timeout 3000 \
		python3 $(abs_srcdir)/tests/peer/can-replay.py $(FRAMES) \
		$(ROUNDS) </dev/null

# A million frames, by hand: to readers that sleep, by both engines, where
# what was received and what is told as lost must be all; and from a log onto
# vcan0, all of them, in instructions per frame beside canplayer.
measure-million: all tests/unit/test-can-loss$(EXEEXT) \
		tests/bench/bench$(EXEEXT)
	PATH="/usr/sbin:/usr/bin:$$PATH" \
	SFAM_REQUIRE=all SFAM_PACKETS=1000000 $(srcdir)/tests/vm/run \
		--kernel $(KERNEL) --timeout 3000 tests/unit/test-can-loss \
		</dev/null
	SFAM_BENCH_LIMITS=no $(srcdir)/tests/bench/run -n 500000 play

# Clang's fuzzers, SECONDS each, from the same SEED always; not part of the
# build. What they try is compiled once, into one library.
SECONDS = 60
SEED = 1
FUZZ_FLAGS = -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
	$(BASE_CPPFLAGS) -I$(top_srcdir)/src/lib -I$(top_srcdir)/src/cli \
	-DSFAM_VERSION='""'
FUZZ_FILES = $(top_srcdir)/src/lib/*/*.c $(top_srcdir)/src/cli/decode*.c \
	$(top_srcdir)/src/cli/json.c
fuzz:
	@clang $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -fPIC -shared \
		-o fuzz-tried.so $(FUZZ_FILES)
	@for name in can-log can-text capture addr decode bpf isotp filter; do \
		clang $(FUZZ_FLAGS) -fsanitize=fuzzer -o fuzz-$$name \
			$(srcdir)/tests/fuzz/fuzz-$$name.c ./fuzz-tried.so && \
		./fuzz-$$name -max_total_time=$(SECONDS) -seed=$(SEED) \
			-verbosity=0 -print_final_stats=1 >fuzz.log 2>&1 || \
			{ cat fuzz.log; exit 1; }; \
		grep number_of_executed fuzz.log; \
	done
CLEANFILES += fuzz.log fuzz-tried.so fuzz-can-log fuzz-can-text \
	fuzz-capture fuzz-addr fuzz-decode fuzz-bpf fuzz-isotp fuzz-filter
.PHONY: check-vm check-vm-programs check-vmpair fuzz measure-million \
	measure-replay soak-relay

include tests/bench/local.mk
