/* SPDX-License-Identifier: MIT */
#include "base/sys.h"
#include "family/row.h"

#include <sockfam/family.h>

static bool means_absent(int error)
{
	/* ENODEV: vsock datagrams without a transport that has them. */
	return error == -EAFNOSUPPORT || error == -EPROTONOSUPPORT ||
	       error == -ESOCKTNOSUPPORT || error == -EPROTOTYPE ||
	       error == -ENODEV;
}

/* Opens each type of the row. Returns the error of the default type. */
static int try_types(const struct sfam_family *f, uint32_t *ret_types)
{
	const struct sfam__name *n;
	int error = -ESOCKTNOSUPPORT;
	int fd;

	*ret_types = 0;
	for (n = sfam__type_names; n->name; n++) {
		if (!(f->types & 1u << n->value))
			continue;
		fd = sfam__sys_socket(f->af, (int)n->value, f->protocol);
		if (fd >= 0) {
			sfam__sys_close(fd);
			*ret_types |= 1u << n->value;
		}
		if ((int)n->value == f->type)
			error = fd < 0 ? fd : 0;
	}
	return error;
}

static void say_absent(const struct sfam_family *f, struct sfam_caps *c)
{
	struct sfam__out reason = { c->reason, sizeof(c->reason), 0 };
	struct sfam__out remedy = { c->remedy, sizeof(c->remedy), 0 };

	sfam__out_str(&reason, "not in this kernel");
	sfam__out_finish(&reason);
	/* Whether there is such a module, only modprobe can tell. */
	if (f->module) {
		sfam__out_str(&remedy, "modprobe ");
		sfam__out_str(&remedy, f->module);
		sfam__out_str(&remedy, ", or ");
	}
	sfam__out_str(&remedy, "a kernel with ");
	sfam__out_str(&remedy, f->config);
	sfam__out_str(&remedy, " (since Linux ");
	sfam__out_str(&remedy, f->since);
	if (f->removed) {
		sfam__out_str(&remedy, ", removed in Linux ");
		sfam__out_str(&remedy, f->removed);
	}
	sfam__out_char(&remedy, ')');
	sfam__out_finish(&remedy);
}

static void say_unknown(const struct sfam_family *f, struct sfam_caps *c,
			int error)
{
	struct sfam__out reason = { c->reason, sizeof(c->reason), 0 };
	struct sfam__out remedy = { c->remedy, sizeof(c->remedy), 0 };

	sfam__out_str(&reason, "cannot tell: ");
	if (error == -EPERM || error == -EACCES) {
		sfam__out_str(&reason, f->needs ?
			"no permission" :
			"refused by a seccomp filter or security policy");
		sfam__out_str(&remedy, f->needs ? f->needs :
			"ask whoever set it up (container profile, LSM)");
	} else {
		sfam__out_str(&reason, "socket: errno ");
		sfam__out_dec(&reason, (uint32_t)-error);
		sfam__out_str(&remedy, "free what it lacks and try again");
	}
	sfam__out_finish(&reason);
	sfam__out_finish(&remedy);
}

SFAM_PUBLIC int sfam_family_probe(const struct sfam_family *f,
				  struct sfam_caps *ret)
{
	struct sfam_caps c = SFAM_CAPS_INIT;

	if (ret->size != sizeof(c))
		return -EINVAL;
	c.error = try_types(f, &c.types);
	if (c.types || c.error == 0) {
		*ret = c;
		return 1;
	}
	if (means_absent(c.error))
		say_absent(f, &c);
	else
		say_unknown(f, &c, c.error);
	*ret = c;
	return means_absent(c.error) ? 0 : c.error;
}
