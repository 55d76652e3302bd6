/* SPDX-License-Identifier: MIT */
/* Bearers and media: net/tipc/bearer.c. */
#include "tipc.h"

/* What of a name the kernel would take; the rest of it is its to judge. */
static int check_name(const char *name, size_t size,
		      struct sfam_ctl_diag *diag)
{
	sfam__tipc_clear(diag);
	if (name[0] && strlen(name) < size)
		return 0;
	return sfam__ctl_refuse(diag, -EINVAL, "a name has 1 to %zu "
				"characters", size - 1);
}

/* 0: there is one; -EINVAL: there is none. */
static int look(int command, int nest, int attr, const char *name)
{
	return sfam__tipc_do(command, nest, sfam__tipc_body_text(attr, name),
			     NULL, NULL, NULL);
}

static int look_bearer(const char *name)
{
	return look(TIPC_NL_BEARER_GET, TIPC_NLA_BEARER, TIPC_NLA_BEARER_NAME,
		    name);
}

int sfam__tipc_no_bearer(const char *name, int r, struct sfam_ctl_diag *diag)
{
	if (r == -EINVAL && look_bearer(name) == -EINVAL)
		return sfam__ctl_refuse(diag, -ENODEV, "no such bearer");
	return r;
}

/* ------------------------------------------------------------------ list -- */

struct bearers {
	int (*each)(const struct sfam_tipc_bearer *bearer, void *arg);
	void *arg;
};

static void get_udp(struct sfam_tipc_bearer *b, struct nlattr *nest)
{
	struct nlattr *tb[TIPC_NLA_UDP_MAX + 1];

	if (!nest || nla_parse_nested(tb, TIPC_NLA_UDP_MAX, nest, NULL) < 0)
		return;
	if (tb[TIPC_NLA_UDP_LOCAL])
		nla_memcpy(&b->local, tb[TIPC_NLA_UDP_LOCAL],
			   sizeof(b->local));
	if (tb[TIPC_NLA_UDP_REMOTE])
		nla_memcpy(&b->remote, tb[TIPC_NLA_UDP_REMOTE],
			   sizeof(b->remote));
	b->has_remotes = tb[TIPC_NLA_UDP_MULTI_REMOTEIP] != NULL;
}

static int got_bearer(struct nlmsghdr *h, void *arg)
{
	struct nlattr *tb[TIPC_NLA_BEARER_MAX + 1];
	struct sfam_tipc_bearer b = { .has_remotes = 0 };
	struct bearers *bearers = arg;
	int r = sfam__tipc_parse(h, TIPC_NLA_BEARER, tb, TIPC_NLA_BEARER_MAX);

	if (r < 0)
		return r;
	sfam__tipc_text(b.name, sizeof(b.name), tb[TIPC_NLA_BEARER_NAME]);
	sfam__tipc_get_properties(&b.properties, tb[TIPC_NLA_BEARER_PROP]);
	get_udp(&b, tb[TIPC_NLA_BEARER_UDP_OPTS]);
	return bearers->each(&b, bearers->arg);
}

SFAM_PUBLIC int sfam_tipc_list_bearers(int (*each)
				       (const struct sfam_tipc_bearer *bearer,
					void *arg),
				       void *arg, struct sfam_ctl_diag *diag)
{
	struct bearers bearers = { each, arg };

	return sfam__tipc_dump(TIPC_NL_BEARER_GET, 0, NULL, got_bearer,
			       &bearers, diag);
}

/* ---------------------------------------------------------------- change -- */

SFAM_PUBLIC int sfam_tipc_set_bearer(const char *name,
				     const struct sfam_tipc_properties *p,
				     struct sfam_ctl_diag *diag)
{
	struct nl_msg *body;
	int r = check_name(name, SFAM_TIPC_NAME_MAX, diag);

	if (r < 0)
		return r;
	body = sfam__tipc_body_text(TIPC_NLA_BEARER_NAME, name);
	if (!body || sfam__tipc_put_properties(body, TIPC_NLA_BEARER_PROP,
					       p) < 0) {
		nlmsg_free(body);
		return -ENOMEM;
	}
	r = sfam__tipc_do(TIPC_NL_BEARER_SET, TIPC_NLA_BEARER, body, NULL,
			  NULL, diag);
	r = sfam__tipc_no_bearer(name, r, diag);
	return sfam__tipc_bad_properties(r, diag);
}

static int disable(const char *name, struct sfam_ctl_diag *diag)
{
	return sfam__tipc_do(TIPC_NL_BEARER_DISABLE, TIPC_NLA_BEARER,
			     sfam__tipc_body_text(TIPC_NLA_BEARER_NAME, name),
			     NULL, NULL, diag);
}

SFAM_PUBLIC int sfam_tipc_disable_bearer(const char *name,
					 struct sfam_ctl_diag *diag)
{
	int r = check_name(name, SFAM_TIPC_NAME_MAX, diag);

	if (r < 0)
		return r;
	return sfam__tipc_no_bearer(name, disable(name, diag), diag);
}

static int check_config(const struct sfam_tipc_bearer_config *config,
			struct sfam_ctl_diag *diag)
{
	const char *tail = (const char *)(config + 1);
	size_t i;

	if (config->size < sizeof(*config))
		return sfam__ctl_refuse(diag, -EINVAL, "a config of size %zu",
					config->size);
	for (i = 0; i < config->size - sizeof(*config); i++)
		if (tail[i])
			return sfam__ctl_refuse(diag, -E2BIG, "config asks "
						"for what is not known here");
	return 0;
}

/*
 * Of the properties only the priority; the kernel takes the media's for
 * what is not there.
 */
static struct nl_msg *enable_body(const char *name,
				  const struct sfam_tipc_bearer_config *config)
{
	struct sfam_tipc_properties first = SFAM_TIPC_PROPERTIES_INIT;
	struct nl_msg *body = sfam__tipc_body_text(TIPC_NLA_BEARER_NAME, name);

	first.priority = config->properties.priority;
	if (!body)
		return NULL;
	if (sfam__tipc_put_properties(body, TIPC_NLA_BEARER_PROP, &first) < 0 ||
	    (config->domain && nla_put_u32(body, TIPC_NLA_BEARER_DOMAIN,
					   config->domain) < 0)) {
		nlmsg_free(body);
		return NULL;
	}
	return body;
}

/* The kernel's own words are "Failed to enable media", whatever it was. */
static int bad_enable(const char *name, int r, struct sfam_ctl_diag *diag)
{
	int is_udp = strncmp(name, "udp:", 4) == 0;

	if (r == -EINVAL && look_bearer(name) == 0)
		return sfam__ctl_refuse(diag, -EEXIST, "it is enabled "
					"already");
	if (r == -ENODEV)
		return sfam__ctl_refuse(diag, r, is_udp ?
					"no interface has the local address" :
					"no such interface");
	if (r == -EADDRINUSE)
		return sfam__ctl_refuse(diag, r, "the local address and port "
					"are in use");
	return sfam__tipc_bad_properties(r, diag);
}

/* All but the priority go in a second request. */
static int set_rest(const char *name, const struct sfam_tipc_properties *p,
		    struct sfam_ctl_diag *diag)
{
	struct sfam_tipc_properties rest = *p;
	int r;

	rest.priority = -1;
	if (rest.tolerance_ms < 0 && rest.window < 0 && rest.mtu < 0)
		return 0;
	r = sfam_tipc_set_bearer(name, &rest, diag);
	if (r < 0)
		disable(name, NULL);
	return r;
}

SFAM_PUBLIC int sfam_tipc_enable_bearer(const char *name,
			const struct sfam_tipc_bearer_config *config,
			struct sfam_ctl_diag *diag)
{
	static const struct sfam_tipc_bearer_config none =
		SFAM_TIPC_BEARER_CONFIG_INIT;
	struct nl_msg *body;
	int r = check_name(name, SFAM_TIPC_NAME_MAX, diag);

	config = config ? config : &none;
	if (r == 0)
		r = check_config(config, diag);
	if (r < 0)
		return r;
	body = enable_body(name, config);
	if (body && strncmp(name, "udp:", 4) == 0) {
		r = sfam__tipc_put_udp(body, config, diag);
		if (r < 0) {
			nlmsg_free(body);
			return r;
		}
	}
	r = sfam__tipc_do(TIPC_NL_BEARER_ENABLE, TIPC_NLA_BEARER, body, NULL,
			  NULL, diag);
	if (r < 0)
		return bad_enable(name, r, diag);
	return set_rest(name, &config->properties, diag);
}

/* ----------------------------------------------------------------- media -- */

struct media {
	int (*each)(const struct sfam_tipc_media *media, void *arg);
	void *arg;
};

static int got_media(struct nlmsghdr *h, void *arg)
{
	struct nlattr *tb[TIPC_NLA_MEDIA_MAX + 1];
	struct sfam_tipc_media m;
	struct media *media = arg;
	int r = sfam__tipc_parse(h, TIPC_NLA_MEDIA, tb, TIPC_NLA_MEDIA_MAX);

	if (r < 0)
		return r;
	sfam__tipc_text(m.name, sizeof(m.name), tb[TIPC_NLA_MEDIA_NAME]);
	sfam__tipc_get_properties(&m.properties, tb[TIPC_NLA_MEDIA_PROP]);
	return media->each(&m, media->arg);
}

SFAM_PUBLIC int sfam_tipc_list_media(int (*each)
				     (const struct sfam_tipc_media *media,
				      void *arg),
				     void *arg, struct sfam_ctl_diag *diag)
{
	struct media media = { each, arg };

	return sfam__tipc_dump(TIPC_NL_MEDIA_GET, 0, NULL, got_media, &media,
			       diag);
}

SFAM_PUBLIC int sfam_tipc_set_media(const char *name,
				    const struct sfam_tipc_properties *p,
				    struct sfam_ctl_diag *diag)
{
	struct sfam_tipc_media m;
	struct nl_msg *body;
	int r = check_name(name, sizeof(m.name), diag);

	if (r < 0)
		return r;
	body = sfam__tipc_body_text(TIPC_NLA_MEDIA_NAME, name);
	if (!body || sfam__tipc_put_properties(body, TIPC_NLA_MEDIA_PROP,
					       p) < 0) {
		nlmsg_free(body);
		return -ENOMEM;
	}
	r = sfam__tipc_do(TIPC_NL_MEDIA_SET, TIPC_NLA_MEDIA, body, NULL, NULL,
			  diag);
	if (r == -EINVAL && look(TIPC_NL_MEDIA_GET, TIPC_NLA_MEDIA,
				 TIPC_NLA_MEDIA_NAME, name) == -EINVAL)
		return sfam__ctl_refuse(diag, -ENODEV, "no such media");
	return sfam__tipc_bad_properties(r, diag);
}
