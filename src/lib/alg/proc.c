/* SPDX-License-Identifier: MIT */
/*
 * /proc/crypto: a paragraph per algorithm, `field : value` per line
 * (c_show of crypto/proc.c).
 */
#include "alg/alg.h"
#include "alg/proc.h"

#define PATH "/proc/crypto"

/* A file by lines, through one buffer. */
struct lines {
	int fd;
	int error;
	size_t pos, len;
	char buf[4096];
};

/*
 * Length of the next line without its end, cut at size - 1; -1: no more, or
 * l->error.
 */
static int next_line(struct lines *l, char *line, size_t size)
{
	size_t n = 0;
	ssize_t r;
	char c;

	for (;;) {
		if (l->pos == l->len) {
			r = sfam__sys_read(l->fd, l->buf, sizeof(l->buf));
			if (r < 0)
				l->error = (int)r;
			if (r <= 0 && n == 0)
				return -1;
			if (r <= 0)
				break;
			l->len = (size_t)r;
			l->pos = 0;
		}
		c = l->buf[l->pos++];
		if (c == '\n')
			break;
		if (n < size - 1)
			line[n++] = c;
	}
	line[n] = '\0';
	return (int)n;
}

static uint32_t to_number(const char *s)
{
	uint32_t v = 0;

	for (; *s >= '0' && *s <= '9'; s++)
		v = v * 10 + (uint32_t)(*s - '0');
	return v;
}

static void copy_text(char *to, size_t size, const char *from)
{
	size_t n = strnlen(from, size - 1);

	memcpy(to, from, n);
	to[n] = '\0';
}

/* -------------------------------------------------------- paragraph -- */

static const struct {
	const char *word;
	int type;
} types[] = {
	{ "shash", SFAM_ALG_HASH }, { "ahash", SFAM_ALG_HASH },
	{ "skcipher", SFAM_ALG_SKCIPHER }, { "lskcipher", SFAM_ALG_SKCIPHER },
	{ "aead", SFAM_ALG_AEAD }, { "rng", SFAM_ALG_RNG },
};

static int type_of(const char *word)
{
	size_t i;

	for (i = 0; i < SFAM_ARRAY_LEN(types); i++)
		if (strcmp(types[i].word, word) == 0)
			return types[i].type;
	return -1;
}

static const struct {
	const char *field;
	size_t offset;
} numbers[] = {
	{ "priority", offsetof(struct sfam_alg_info, priority) },
	{ "blocksize", offsetof(struct sfam_alg_info, block_size) },
	{ "chunksize", offsetof(struct sfam_alg_info, chunk_size) },
	{ "digestsize", offsetof(struct sfam_alg_info, digest_size) },
	{ "ivsize", offsetof(struct sfam_alg_info, iv_size) },
	{ "min keysize", offsetof(struct sfam_alg_info, key_min) },
	{ "max keysize", offsetof(struct sfam_alg_info, key_max) },
	{ "maxauthsize", offsetof(struct sfam_alg_info, tag_max) },
	{ "seedsize", offsetof(struct sfam_alg_info, seed_size) },
};

static const struct {
	const char *field;
	size_t offset, size;
} texts[] = {
	{ "name", offsetof(struct sfam_alg_info, name), 128 },
	{ "driver", offsetof(struct sfam_alg_info, driver), 128 },
	{ "module", offsetof(struct sfam_alg_info, module), 64 },
};

static void read_field(struct sfam__alg_entry *e, const char *field,
		       const char *value)
{
	char *info = (char *)&e->info;
	uint32_t v = to_number(value);
	size_t i;

	for (i = 0; i < SFAM_ARRAY_LEN(numbers); i++)
		if (strcmp(numbers[i].field, field) == 0)
			memcpy(info + numbers[i].offset, &v, sizeof(v));
	for (i = 0; i < SFAM_ARRAY_LEN(texts); i++)
		if (strcmp(texts[i].field, field) == 0)
			copy_text(info + texts[i].offset, texts[i].size,
				  value);
	if (strcmp(field, "type") == 0)
		copy_text(e->type, sizeof(e->type), value);
	else if (strcmp(field, "internal") == 0)
		e->internal = strcmp(value, "yes") == 0;
	else if (strcmp(field, "selftest") == 0 && strcmp(value, "passed"))
		e->info.flags |= SFAM_ALG_INFO_UNTESTED;
}

/* Splits at " : ", and the blanks before it. */
static void read_line(struct sfam__alg_entry *e, char *line)
{
	char *colon = memchr(line, ':', strlen(line));
	char *end;

	if (!colon || colon == line)
		return;
	for (end = colon; end > line && end[-1] == ' '; end--)
		;
	*end = '\0';
	colon++;
	read_field(e, line, colon + strspn(colon, " "));
}

/* An AEAD has no chunk here, and a hash's block is not its caller's. */
static void finish(struct sfam__alg_entry *e)
{
	int type = type_of(e->type);

	e->usable = type >= 0 && !e->internal;
	if (!e->usable)
		return;
	e->info.type = (uint32_t)type;
	if (type == SFAM_ALG_HASH || type == SFAM_ALG_RNG)
		e->info.block_size = 0;
	else if (e->info.block_size == 0)
		e->info.block_size = 1;
	if (type != SFAM_ALG_HASH && type != SFAM_ALG_RNG &&
	    e->info.chunk_size == 0)
		e->info.chunk_size = e->info.block_size;
	sfam__alg_add_rules(&e->info);
}

int sfam__alg_proc_each(int (*each)(const struct sfam__alg_entry *, void *),
			void *arg)
{
	struct lines l = { .fd = sfam__sys_open_read(PATH) };
	struct sfam__alg_entry e;
	char line[256];
	int n = 0, r = 0;

	if (l.fd < 0)
		return l.fd;
	memset(&e, 0, sizeof(e));
	while (r == 0 && n >= 0) {
		n = next_line(&l, line, sizeof(line));
		if (n > 0) {
			read_line(&e, line);
			continue;
		}
		if (e.info.name[0] && !l.error) {
			finish(&e);
			r = each(&e, arg);
		}
		memset(&e, 0, sizeof(e));
	}
	sfam__sys_close(l.fd);
	return l.error ? l.error : r;
}

/* ---------------------------------------------------------- lookups -- */

struct list_arg {
	int (*each)(const struct sfam_alg_info *info, void *arg);
	void *arg;
};

static int list_one(const struct sfam__alg_entry *e, void *arg)
{
	const struct list_arg *a = arg;

	return e->usable ? a->each(&e->info, a->arg) : 0;
}

SFAM_PUBLIC int sfam_alg_list(int (*each)(const struct sfam_alg_info *info,
					  void *arg), void *arg)
{
	struct list_arg a = { each, arg };

	return sfam__alg_proc_each(list_one, &a);
}

struct find_arg {
	enum sfam_alg_type type;
	const char *name;
	struct sfam_alg_info best;
	bool found;
};

/* bind(2) takes the driver of the highest priority, or the one named. */
static int find_one(const struct sfam__alg_entry *e, void *arg)
{
	struct find_arg *a = arg;

	if (!e->usable || e->info.type != a->type ||
	    (strcmp(e->info.name, a->name) != 0 &&
	     strcmp(e->info.driver, a->name) != 0))
		return 0;
	if (!a->found || e->info.priority > a->best.priority)
		a->best = e->info;
	a->found = true;
	return 0;
}

int sfam__alg_proc_find(struct sfam_alg_info *ret, enum sfam_alg_type type,
			const char *name)
{
	struct find_arg a = { .type = type, .name = name };
	int r = sfam__alg_proc_each(find_one, &a);

	if (r == 0 && !a.found)
		r = -ENOENT;
	if (r == 0)
		*ret = a.best;
	return r;
}

int64_t sfam__alg_proc_number(const char *path)
{
	char text[32];
	int fd = sfam__sys_open_read(path);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = sfam__sys_read(fd, text, sizeof(text) - 1);
	sfam__sys_close(fd);
	if (n <= 0)
		return n < 0 ? n : -ENODATA;
	text[n] = '\0';
	return to_number(text);
}
