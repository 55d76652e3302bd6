/* SPDX-License-Identifier: MIT */
/*
 * Linked with the shared libraries and nothing else: every symbol of both
 * version maps is there and can be called by a program of a user's.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sockfam/ctl.h>
#include <sockfam/sockfam.h>

#include "test-api.h"

static int failed;

void expect(int holds, const char *what)
{
	if (holds)
		return;
	failed++;
	printf("FAIL api: %s\n", what);
}

static void family(void)
{
	const struct sfam_family *f = sfam_family_next(NULL);
	struct sfam_caps caps = SFAM_CAPS_INIT;
	int fd = sfam_open_text("unix:", 5, SFAM_OPEN_BIND, NULL, NULL);

	EXPECT(strcmp(sfam_family_name(f), "unix") == 0);
	EXPECT(sfam_family_by_name("unix") == f);
	EXPECT(sfam_family_by_fd(&f, fd) == 0);
	EXPECT(sfam_family_af(f) == AF_UNIX);
	EXPECT(sfam_family_type(f) == SOCK_STREAM);
	EXPECT(sfam_family_protocol(f) == 0);
	EXPECT(sfam_family_syntax(f) && sfam_family_config(f));
	EXPECT(sfam_family_module(f) && sfam_family_since(f));
	EXPECT(sfam_family_traits(sfam_family_by_name("can")) ==
	       (SFAM_TRAIT_BUS | SFAM_TRAIT_CAN_FRAMES));
	EXPECT(sfam_family_probe(f, &caps) == 1);
	close(fd);
}

static void addr_and_socket(void)
{
	struct sfam_addr_field field;
	struct sfam_addr a, b;
	struct sfam_diag diag;
	char text[SFAM_ADDR_STRLEN];
	struct iovec iov = { text, 2 };
	int fd, client, child;

	EXPECT(sfam_addr_parse(&a, "unix:x,", 7, &diag) == -EINVAL);
	EXPECT(sfam_diag_format(&diag, text, sizeof(text)) > 0);
	EXPECT(sfam_addr_parse(&a, "unix:", 5, &diag) == 0);
	fd = sfam_open(&a, SFAM_OPEN_LISTEN, NULL);
	EXPECT(sfam_addr_local(&a, fd) == 0);
	EXPECT(sfam_addr_format(&a, text, sizeof(text)) > 0);
	EXPECT(sfam_addr_from_sockaddr(&b, a.family, 0, 0,
				       sfam_addr_sockaddr(&a), a.len,
				       NULL) == 0);
	EXPECT(sfam_addr_equal(&a, &b));
	EXPECT(sfam_addr_field(&a, 0, &field) == 1 && field.size == 2);
	client = sfam_open(&b, SFAM_OPEN_CONNECT, NULL);
	child = sfam_accept(fd, 0, SFAM_FOREVER, NULL);
	EXPECT(sfam_addr_peer(&b, client) == 0);
	EXPECT(sfam_send_all(client, "abcd", 4, 0, SFAM_FOREVER, NULL) == 0);
	EXPECT(sfam_recv(child, text, 2, SFAM_FOREVER, NULL) == 2);
	EXPECT(sfam_recv_exact(child, text, 2, SFAM_FOREVER, NULL) == 0);
	EXPECT(sfam_connect(client, &a, 0) == -EISCONN);
	EXPECT(sfam_send(client, "e", 1, 0, SFAM_FOREVER, NULL) == 1);
	EXPECT(sfam_sendv_all(client, &iov, 1, 0, SFAM_FOREVER, NULL) == 0);
	EXPECT(sfam_sendmsg(-1, &(struct msghdr){ .msg_iovlen = 0 }, 0,
			    0) == -EBADF);
	EXPECT(sfam_recvmsg(-1, &(struct msghdr){ .msg_iovlen = 0 }, 0,
			    0) == -EBADF);
	iov.iov_len = 3;
	EXPECT(sfam_recvv(child, &iov, 1, 0, SFAM_FOREVER, NULL) == 3);
	EXPECT(sfam_fdpass_send(client, &fd, 1, "x", 1, 0) == 1);
	close(fd);
	fd = -1;
	EXPECT(sfam_fdpass_recv(child, &fd, 1, &(size_t){ 0 }, text, 1,
				0) == 1 && fd >= 0);
	close(fd);
	EXPECT(sfam_sendfile(client, child, NULL, 1, 0, NULL) == -ESPIPE);
	EXPECT(sfam_splice(child, client, 1, 0, NULL, NULL) == -ETIMEDOUT);
	close(client);
	EXPECT(sfam_recv_until_end(child, text, 1, SFAM_FOREVER, NULL) == 0);
	close(child);
}

static void names_and_errors(void)
{
	static const char text[] = "tcp:[::1]:80";
	struct sfam_addr a;
	char words[SFAM_ERROR_STRLEN];
	size_t n = 0;
	int fd = -1;

	EXPECT(sfam_resolve(text, strlen(text), SFAM_RESOLVE_NUMERIC, &a, 1,
			    &n, NULL) == 0 && n == 1);
	EXPECT(sfam_listen_all("unix:", 5, NULL, &fd, 1, &n, NULL) == 0);
	EXPECT(n == 1 && close(fd) == 0);
	EXPECT(sfam_has_dualstack() != 2);
	EXPECT(sfam_error_class(-EAGAIN) == SFAM_ERROR_WOULD_BLOCK);
	EXPECT(sfam_error_eai(-EAGAIN) == 0);
	EXPECT(sfam_error_format(-EAGAIN, words, sizeof(words)) > 0);
}

static void fd_option_interface(void)
{
	int fds[2] = { -1, -1 }, copy, value = 0;
	char name[SFAM_INTERFACE_NAME_SIZE];
	unsigned int index;
	uint64_t wide;
	int64_t ns;
	size_t n;

	EXPECT(sfam_socketpair(sfam_family_by_name("unix"), 0, 0, fds) == 0);
	copy = sfam_fd_dup(fds[0]);
	EXPECT(sfam_fd_set_inheritable(copy, 1) == 0);
	EXPECT(sfam_fd_get_inheritable(copy) == 1);
	EXPECT(sfam_option_set_int(copy, SOL_SOCKET, SO_PASSCRED, 1) == 0);
	EXPECT(sfam_option_get_int(copy, SOL_SOCKET, SO_TYPE, &value) == 0);
	EXPECT(sfam_option_get_wide(copy, SOL_SOCKET, SO_COOKIE, &wide) == 0);
	EXPECT(sfam_option_set_wide(-1, SOL_SOCKET, SO_COOKIE, 1) == -EBADF);
	EXPECT(sfam_option_set_timeout(copy, SO_RCVTIMEO, 1) == 0);
	EXPECT(sfam_option_get_timeout(copy, SO_RCVTIMEO, &ns) == 0);
	EXPECT(sfam_option_set_linger(copy, 1) == 0);
	EXPECT(sfam_option_get_linger(copy, &value) == 0 && value == 1);
	EXPECT(sfam_option_get(copy, SOL_SOCKET, SO_TYPE, &value, 4) == 4);
	EXPECT(sfam_option_set(copy, SOL_SOCKET, SO_PASSCRED, &value, 4) == 0);
	EXPECT(sfam_interface_index("", &index) == -ENODEV);
	EXPECT(sfam_interface_name(0, name) == -ENODEV);
	EXPECT(sfam_interface_list(NULL, 0, &n) == -ENOSPC && n > 0);
	close(copy);
	close(fds[0]);
	close(fds[1]);
}

static void can_filters(void)
{
	struct sfam_can_filters f;

	EXPECT(sfam_can_filters_parse(&f, "100-1FF", 7, NULL) == 0);
	EXPECT(sfam_can_filters_match(&f, 0x123) == 1);
	EXPECT(sfam_can_filters_match_frame(&f, "", 0) == -EINVAL);
	EXPECT(sfam_can_filters_set(-1, &f) == -EBADF);
}

static void bpf(void)
{
	struct sfam_bpf_packet packet = { .data = "", .len = 0 };
	struct sock_filter insns[8];
	char text[SFAM_BPF_STRLEN];
	uint32_t bytes = 0;
	int fds[2];
	size_t n;

	n = (size_t)sfam_packet_filter_compile(insns, 8,
					       SFAM_PACKET_LINK_ETHER, 96,
					       "less 99", 7, NULL);
	EXPECT(n == 4);
	EXPECT(sfam_bpf_check(insns, n, NULL) == 0);
	EXPECT(sfam_bpf_run(insns, n, &packet, &bytes) == 0 && bytes == 96);
	EXPECT(sfam_bpf_format(insns, 0, text, sizeof(text)) > 0);
	EXPECT(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds) == 0);
	EXPECT(sfam_bpf_attach(fds[0], insns, n) == 0);
	EXPECT(sfam_bpf_detach(fds[0]) == 0);
	EXPECT(sfam_bpf_lock(fds[0]) == 0);
	close(fds[0]);
	close(fds[1]);
}

static void control_messages(void)
{
	size_t buf[16];
	struct msghdr msg = { .msg_iov = NULL };
	struct sfam_cmsg item = { .kind = SFAM_CMSG_DROPS };
	struct sfam_cmsg_writer w;
	struct sfam_cmsg_reader r;

	EXPECT(sfam_cmsg_writer_init(&w, buf, sizeof(buf)) == 0);
	EXPECT(sfam_cmsg_put(&w, &item) == 0);
	EXPECT(sfam_cmsg_put_fds(&w, NULL, 0) == 0);
	EXPECT(sfam_cmsg_put_raw(&w, 1, 99, "x", 1) == 0);
	sfam_cmsg_writer_finish(&w, &msg);
	EXPECT(sfam_cmsg_reader_init(&r, &msg) == 0);
	EXPECT(sfam_cmsg_next(&r, &item) == 1);
	EXPECT(sfam_cmsg_close_fds(&msg) == 0);
}

static void descriptors(void)
{
	const struct sfam_fd_expect any = { .kind = SFAM_FD_ANY };
	struct sfam_fdpass_message m = { .max_fds = 0 };
	struct sfam_credentials c;
	struct sfam_fdstore *store;
	const void *map;
	char text[SFAM_LISTEN_ENV_SIZE + 1], *env[5];
	size_t len;
	gid_t gid;

	EXPECT(sfam_fd_check(0, &any, NULL) == 0);
	EXPECT(sfam_fdpass_ask(-1, SFAM_FDPASS_ASK_CREDENTIALS) == -EBADF);
	EXPECT(sfam_fdpass_consume(-1, NULL, 0, "", 1, 0) == -EINVAL);
	EXPECT(sfam_fdpass_send_message(-1, NULL, 0, "", 1, NULL) == -EINVAL);
	EXPECT(sfam_fdpass_consume_message(-1, NULL, 0, "", 1,
					   NULL) == -EINVAL);
	EXPECT(sfam_fdpass_recv_message(-1, &m, NULL) == -EBADF);
	EXPECT(sfam_peer_credentials(-1, &c) == -EBADF);
	EXPECT(sfam_peer_pidfd(-1) == -EBADF);
	EXPECT(sfam_peer_groups(-1, &gid, 1) == -EBADF);
	EXPECT(sfam_peer_security(-1, text, 64) == -EBADF);
	EXPECT(sfam_fdnames_check("a", 1) == 0);
	EXPECT(sfam_fdnames_find("a", "a", 0) == 0);
	EXPECT(sfam_fdnames_get("a", 0, text, 64) == 1);
	EXPECT(sfam_fdstore_put(-1, (int[]){ 0 }, 1, "a", 0) == -EBADF);
	EXPECT(sfam_fdstore_get(-1, "a", NULL, 0, text, 64, 0) == -EBADF);
	EXPECT(sfam_fdstore_list(-1, "a", text, 64, 0) == -EBADF);
	EXPECT(sfam_fdstore_remove(-1, "a", 0) == -EBADF);
	EXPECT(sfam_fdstore_new(&store, NULL) == 0);
	EXPECT(sfam_fdstore_add(store, NULL, 0, "") == 0);
	EXPECT(sfam_fdstore_serve(store, -1) == -EBADF);
	m.pidfd = -1;
	EXPECT(sfam_fdstore_notify(store, &m) == 0);
	EXPECT(sfam_fdstore_drop_dead(store) == 0);
	sfam_fdstore_free(store);
	EXPECT(sfam_handover_give(-1, NULL, 0, "", 0) == -EBADF);
	EXPECT(sfam_handover_take(-1, NULL, 0, text, 64, 0) == -EBADF);
	EXPECT(sfam_handover_ready(-1, 0) == -EBADF);
	EXPECT(sfam_listen_fds(0, NULL, 0) == 0);
	EXPECT(sfam_listen_env(NULL, "", 0, env, 5, text,
			       sizeof(text)) == 0);
	EXPECT(sfam_listen_place(env, NULL, 0) == 0);
	EXPECT(sfam_memfd_open("x", "x", 1) > 2);
	EXPECT(sfam_memfd_seal(-1) == -EBADF);
	EXPECT(sfam_memfd_map(-1, 1, &map, &len) == -EBADF);
	EXPECT(sfam_memfd_send(-1, "x", 1, 0) == -EBADF);
	EXPECT(sfam_memfd_recv(-1, 1, &map, &len, 0) == -EBADF);
	sfam_memfd_unmap(NULL, 0);
}

static void can(void)
{
	struct sfam_can_receiver *receiver = sfam_can_receiver_new(1, 0);
	const struct sfam_can_record *rec;
	struct sfam_can_fields fields;
	struct sfam_can_bits bits;
	struct can_frame frame;
	struct iovec iov = { &frame, sizeof(frame) };
	struct can_filter filter;
	char text[SFAM_CAN_TEXT_STRLEN];
	struct sfam_can_log_line line;
	struct sfam_can_asc asc = { 0 };
	struct sfam_can_asc_line asc_line;
	uint32_t mask;

	EXPECT(sfam_can_text_parse(&frame, sizeof(frame), "123#11", 6, 0,
				   NULL) == CAN_MTU);
	EXPECT(sfam_can_text_format(text, sizeof(text), &frame,
				    sizeof(frame)) == 6);
	EXPECT(sfam_can_unpack(&fields, &frame, sizeof(frame)) == 0);
	EXPECT(sfam_can_pack(&frame, sizeof(frame), &fields) == CAN_MTU);
	EXPECT(sfam_can_fd_len(9) == 12);
	EXPECT(sfam_can_count_bits(&bits, &frame, sizeof(frame)) == 0);
	EXPECT(sfam_can_log_format(text, sizeof(text), 0, "can0", 0, &frame,
				   sizeof(frame)) > 0);
	EXPECT(sfam_can_log_parse(&line, &frame, sizeof(frame), "#", 1, 0,
				  NULL) == SFAM_CAN_LOG_OTHER);
	EXPECT(sfam_can_asc_format_header(text, sizeof(text), 0) > 0);
	EXPECT(sfam_can_asc_format_channel(text, sizeof(text), 1, "c") > 0);
	EXPECT(sfam_can_asc_format(text, sizeof(text), 0, 1, 'R', &frame,
				   sizeof(frame)) > 0);
	EXPECT(sfam_can_asc_parse(&asc, &asc_line, &frame, sizeof(frame), "",
				  0, NULL) == SFAM_CAN_ASC_OTHER);
	EXPECT(sfam_can_filter_parse(&filter, &mask, "123:7FF", 7, NULL) ==
	       SFAM_CAN_FILTER_ID);
	EXPECT(sfam_can_set_filters(-1, &filter, 1) == -EBADF);
	EXPECT(sfam_can_set_error_mask(-1, 0) == -EBADF);
	EXPECT(sfam_can_set_options(-1, SFAM_CAN_OPT_FD, 0) == -EBADF);
	EXPECT(sfam_can_send(-1, &iov, 1, NULL, 0) == -EBADF);
	EXPECT(sfam_can_receive(-1, receiver, &rec, 0) == -EBADF);
	EXPECT(sfam_can_receiver_drops(-1, receiver, &mask) == -EBADF);
	EXPECT(sfam_can_receiver_free(receiver) == NULL);
	EXPECT(sfam_can_set_room(-1, 1) == -EBADF);
}

static void can_error(void)
{
	struct sfam_can_tracker tracker = SFAM_CAN_TRACKER_INIT;
	struct sfam_can_error error = { .classes = CAN_ERR_BUSOFF };
	struct can_frame frame;
	char text[8];

	EXPECT(sfam_can_error_encode(&frame, sizeof(frame), &error) ==
	       CAN_MTU);
	EXPECT(sfam_can_error_decode(&error, &frame, sizeof(frame)) == 0);
	EXPECT(sfam_can_error_format(text, sizeof(text), &error, ",") == 7);
	EXPECT(sfam_can_tracker_feed(&tracker, &error) == 1);
}

static void can_ctl(void)
{
	const struct sfam_can_limits limits = { .name = "none" };
	struct sfam_can_config config = SFAM_CAN_CONFIG_INIT;
	struct sfam_can_status status;
	struct sfam_can_timing timing;

	EXPECT(sfam_can_timing_compute(&timing, NULL, &limits, 1, 1, 0) ==
	       -EINVAL);
	EXPECT(sfam_can_get_status("nosuch0", &status, NULL) == -ENODEV);
	EXPECT(sfam_can_configure("nosuch0", &config, NULL) == -ENODEV);
	EXPECT(sfam_can_restart("nosuch0", NULL) == -ENODEV);
	EXPECT(sfam_can_wait_state("nosuch0", 1, NULL, 0, NULL) == -ENODEV);
	EXPECT(sfam_can_keep_running("nosuch0", NULL, NULL, 0, NULL) ==
	       -ENODEV);
	EXPECT(strcmp(sfam_can_state_name(0), "ERROR-ACTIVE") == 0);
	EXPECT(strcmp(sfam_can_mode_name(1), "LOOPBACK") == 0);
}

static void can_gw(void)
{
	static const char text[] = "-s a -d b";
	struct sfam_can_gw_rule rule;
	char buf[SFAM_CAN_GW_TEXT_STRLEN];
	size_t n = 0;

	EXPECT(sfam_can_gw_rule_parse(&rule, text, strlen(text), NULL) == 0);
	EXPECT(sfam_can_gw_rule_format(&rule, buf, sizeof(buf)) == 9);
	rule.flags = 1u << 31;
	EXPECT(sfam_can_gw_add(&rule, NULL) == -EINVAL);
	EXPECT(sfam_can_gw_delete(&rule, NULL) == -EINVAL);
	EXPECT(sfam_can_gw_list(NULL, 0, &n, NULL) <= 0);
	EXPECT(unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0 ||
	       sfam_can_gw_flush(NULL) < 0);
}

/* All need a kernel with AF_ALG: that they are there is what is tested. */
static void alg(void)
{
	typedef void (*function)(void);
	static const function all[] = {
		(function)sfam_alg_authenc_key,
		(function)sfam_alg_crypt,
		(function)sfam_alg_cryptv,
		(function)sfam_alg_explain,
		(function)sfam_alg_fd,
		(function)sfam_alg_free,
		(function)sfam_alg_hash,
		(function)sfam_alg_hash_batch,
		(function)sfam_alg_hash_clone,
		(function)sfam_alg_hash_fd,
		(function)sfam_alg_hash_final,
		(function)sfam_alg_hash_update,
		(function)sfam_alg_hash_updatev,
		(function)sfam_alg_info,
		(function)sfam_alg_key_sizes,
		(function)sfam_alg_list,
		(function)sfam_alg_new,
		(function)sfam_alg_op_fd,
		(function)sfam_alg_op_free,
		(function)sfam_alg_op_new,
		(function)sfam_alg_op_reset,
		(function)sfam_alg_op_set_key,
		(function)sfam_alg_random,
		(function)sfam_alg_record_init,
		(function)sfam_alg_record_seal,
		(function)sfam_alg_record_unseal,
		(function)sfam_alg_seal,
		(function)sfam_alg_seed,
		(function)sfam_alg_set_key,
		(function)sfam_alg_set_key_serial,
		(function)sfam_alg_set_tag_size,
		(function)sfam_alg_stream_begin,
		(function)sfam_alg_stream_end,
		(function)sfam_alg_stream_size,
		(function)sfam_alg_stream_update,
		(function)sfam_alg_tag_size,
		(function)sfam_alg_type_by_name,
		(function)sfam_alg_type_name,
		(function)sfam_alg_unseal,
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		EXPECT(all[i] != NULL);
	EXPECT(sfam_alg_free(NULL) == NULL);
	EXPECT(strcmp(sfam_alg_type_name(SFAM_ALG_AEAD), "aead") == 0);
}

/* All need a kernel with TIPC, but for those of names. */
static void tipc_ctl(void)
{
	typedef void (*function)(void);
	static const function all[] = {
		(function)sfam_tipc_add_remote,
		(function)sfam_tipc_disable_bearer,
		(function)sfam_tipc_enable_bearer,
		(function)sfam_tipc_get_node,
		(function)sfam_tipc_get_threshold,
		(function)sfam_tipc_id_format,
		(function)sfam_tipc_id_parse,
		(function)sfam_tipc_list_bearers,
		(function)sfam_tipc_list_links,
		(function)sfam_tipc_list_media,
		(function)sfam_tipc_list_monitored,
		(function)sfam_tipc_list_monitors,
		(function)sfam_tipc_list_names,
		(function)sfam_tipc_list_peers,
		(function)sfam_tipc_list_publications,
		(function)sfam_tipc_list_remotes,
		(function)sfam_tipc_list_sockets,
		(function)sfam_tipc_remove_peer,
		(function)sfam_tipc_reset_link,
		(function)sfam_tipc_set_bearer,
		(function)sfam_tipc_set_link,
		(function)sfam_tipc_set_media,
		(function)sfam_tipc_set_node,
		(function)sfam_tipc_set_threshold,
		(function)sfam_tipc_stat_name,
	};
	struct sfam_tipc_id id = { "name" };
	char text[SFAM_TIPC_ID_STRLEN];
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		EXPECT(all[i] != NULL);
	EXPECT(sfam_tipc_id_format(&id, text, sizeof(text)) == 4);
	EXPECT(sfam_tipc_id_parse(&id, text, 0) == -EINVAL);
	EXPECT(strcmp(sfam_tipc_stat_name(1), "rx_info") == 0);
}

static int one(const struct sfam_socket_info *info, void *arg)
{
	(void)arg;
	return info->family ? 7 : 0;
}

static int one_owner(const struct sfam_socket_owner *owner, void *arg)
{
	(void)arg;
	return owner->pid > 0 ? 7 : 0;
}

static void sockets(void)
{
	int fds[2];

	EXPECT(sfam_socketpair(sfam_family_by_name("unix"), 0, 0, fds) == 0);
	EXPECT(sfam_socket_list(sfam_family_by_name("unix"), one, NULL,
				NULL) == 7);
	EXPECT(sfam_socket_owners(one_owner, NULL, NULL) == 7);
	EXPECT(strcmp(sfam_socket_state_name(10), "LISTEN") == 0);
	close(fds[0]);
	close(fds[1]);
}

static int one_alg(const struct sfam_crypto_alg *alg, void *arg)
{
	(void)arg;
	return alg->name[0] ? 7 : 0;
}

static void crypto_list(void)
{
	int r = sfam_crypto_list(SFAM_CRYPTO_ANY, NULL, one_alg, NULL, NULL);

	EXPECT(r == 7 || r == -ENOENT);
}

static void ctl(void)
{
	struct sfam_link_info link = { .flags = 0 };
	struct sfam_link_event event;
	struct sfam_link_watch *watch;
	size_t n;

	EXPECT(sfam_link_add("", "veth", NULL, 0, NULL) == -EINVAL);
	EXPECT(sfam_link_up("nosuch0", NULL) == -ENODEV);
	EXPECT(sfam_link_down("nosuch0", NULL) == -ENODEV);
	EXPECT(sfam_link_set_mtu("nosuch0", 1, NULL) == -ENODEV);
	EXPECT(sfam_link_set_tx_queue("nosuch0", 1, NULL) == -ENODEV);
	EXPECT(sfam_link_rename("nosuch0", "x", NULL) == -ENODEV);
	EXPECT(sfam_link_move_to_process("nosuch0", 1, NULL) == -ENODEV);
	EXPECT(sfam_link_move_to_netns("nosuch0", -1, NULL) == -EBADF);
	EXPECT(sfam_link_delete("nosuch0", NULL) == -ENODEV);
	EXPECT(sfam_link_get("nosuch0", &link, NULL) == -ENODEV);
	EXPECT(sfam_link_is_running(&link) == 0);
	EXPECT(sfam_link_list(NULL, 0, &n, NULL) == -ENOSPC);
	EXPECT(sfam_link_wait_running("nosuch0", 0, NULL) == -ENODEV);
	EXPECT(sfam_link_watch_new(&watch, 0) == 0);
	EXPECT(sfam_link_watch_fd(watch) >= 0);
	EXPECT(sfam_link_watch_next(watch, &event, 0) == 0);
	EXPECT(strcmp(sfam_link_change_name(event.change), "present") == 0);
	EXPECT(sfam_link_watch_free(watch) == NULL);
}

static void capture(void)
{
	static const struct sockaddr_ll from = { .sll_hatype = 1 };
	struct sfam_capture_record record = { .data = "x", .len = 1 };
	struct sfam_capture_interface eth = { .name = "eth0" };
	struct sfam_capture_stats stats = { .interface = 0 };
	struct sfam_capture_writer *w = NULL;
	struct sfam_capture_reader *r = NULL;
	struct sfam_capture_written written;
	struct sfam_capture_item item;
	int fd[2];

	EXPECT(pipe(fd) == 0);
	eth.link_type = sfam_capture_link_type(from.sll_hatype);
	sfam_capture_set_link(&record, eth.link_type, &from);
	EXPECT(sfam_capture_can_frame(&record, &stats, sizeof(stats)) ==
	       -EINVAL);
	EXPECT(sfam_capture_writer_new(&w, fd[1], SFAM_CAPTURE_PCAPNG,
				       NULL) == 0);
	EXPECT(sfam_capture_add_interface(w, &eth) == 0);
	EXPECT(sfam_capture_write(w, &record, 1) == 0);
	EXPECT(sfam_capture_size(w, &record) == 48);
	EXPECT(sfam_capture_write_stats(w, &stats) == 0);
	sfam_capture_written(w, &written);
	EXPECT(written.packets == 1);
	EXPECT(sfam_capture_writer_free(w) == NULL);
	EXPECT(sfam_capture_reader_new(&r, fd[0]) == 0);
	EXPECT(sfam_capture_read(r, &item, NULL) == SFAM_CAPTURE_SECTION);
	EXPECT(sfam_capture_offset(r) == 28);
	EXPECT(sfam_capture_feed(r, "x", 1) == -EINVAL);
	EXPECT(sfam_capture_reader_free(r) == NULL);
	close(fd[0]);
	close(fd[1]);
}

int main(void)
{
	EXPECT(strcmp(sfam_version(), "") != 0);
	family();
	addr_and_socket();
	capture();
	names_and_errors();
	fd_option_interface();
	can_filters();
	bpf();
	control_messages();
	descriptors();
	can();
	api_can_bcm();
	api_can_isotp();
	api_can_sent();
	api_can_j1939();
	can_error();
	api_packet();
	can_ctl();
	alg();
	tipc_ctl();
	api_service();
	api_tipc();
	api_vsock();
	sockets();
	crypto_list();
	ctl();
	can_gw();		/* in namespaces of its own from here on */
	api_packet_rings();
	printf("api: %d passed, %d failed, 0 skipped\n", !failed, failed);
	return failed != 0;
}
