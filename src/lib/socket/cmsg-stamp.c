/* SPDX-License-Identifier: MIT */
/*
 * Time stamps: the _OLD options deliver the C library's old timeval and
 * timespec, of two longs; the _NEW ones 64 bits everywhere (since 5.1).
 */
#include "socket/cmsg-layout.h"
#include "socket/cmsg-table.h"

#define OLD_SIZE sizeof(struct sfam__time_old)
#define NEW_SIZE sizeof(struct sfam__time_new)
#define US_NS 1000

static void put_old(unsigned char *data, int64_t ns, int64_t unit_ns)
{
	const struct sfam__time_old t = {
		.sec = (long)(ns / SFAM__NS_PER_S),
		.fraction = (long)(ns % SFAM__NS_PER_S / unit_ns),
	};

	memcpy(data, &t, sizeof(t));
}

static void put_new(unsigned char *data, int64_t ns, int64_t unit_ns)
{
	const struct sfam__time_new t = {
		.sec = ns / SFAM__NS_PER_S,
		.fraction = ns % SFAM__NS_PER_S / unit_ns,
	};

	memcpy(data, &t, sizeof(t));
}

static bool decode_old_us(struct sfam_cmsg *item, size_t size)
{
	(void)size;
	item->u.time_ns = sfam__time_old_ns(item->data, US_NS);
	return true;
}

static void encode_old_us(unsigned char *data, const struct sfam_cmsg *item,
			  size_t size)
{
	(void)size;
	put_old(data, item->u.time_ns, US_NS);
}

const struct sfam__cmsg_codec sfam__cmsg_old_us = {
	decode_old_us, encode_old_us, NULL
};

static bool decode_new_us(struct sfam_cmsg *item, size_t size)
{
	(void)size;
	item->u.time_ns = sfam__time_new_ns(item->data, US_NS);
	return true;
}

static void encode_new_us(unsigned char *data, const struct sfam_cmsg *item,
			  size_t size)
{
	(void)size;
	put_new(data, item->u.time_ns, US_NS);
}

const struct sfam__cmsg_codec sfam__cmsg_new_us = {
	decode_new_us, encode_new_us, NULL
};

static bool decode_old_ns(struct sfam_cmsg *item, size_t size)
{
	(void)size;
	item->u.time_ns = sfam__time_old_ns(item->data, 1);
	return true;
}

static void encode_old_ns(unsigned char *data, const struct sfam_cmsg *item,
			  size_t size)
{
	(void)size;
	put_old(data, item->u.time_ns, 1);
}

const struct sfam__cmsg_codec sfam__cmsg_old_ns = {
	decode_old_ns, encode_old_ns, NULL
};

static bool decode_new_ns(struct sfam_cmsg *item, size_t size)
{
	(void)size;
	item->u.time_ns = sfam__time_new_ns(item->data, 1);
	return true;
}

static void encode_new_ns(unsigned char *data, const struct sfam_cmsg *item,
			  size_t size)
{
	(void)size;
	put_new(data, item->u.time_ns, 1);
}

const struct sfam__cmsg_codec sfam__cmsg_new_ns = {
	decode_new_ns, encode_new_ns, NULL
};

/* Three stamps: software, one that is obsolete, the hardware's own. */
static bool decode_old_stamps(struct sfam_cmsg *item, size_t size)
{
	const unsigned char *data = item->data;

	(void)size;
	item->u.stamps.software_ns = sfam__time_old_ns(data, 1);
	item->u.stamps.hardware_ns = sfam__time_old_ns(data + 2 * OLD_SIZE, 1);
	return true;
}

static void encode_old_stamps(unsigned char *data,
			      const struct sfam_cmsg *item, size_t size)
{
	memset(data, 0, size);
	put_old(data, item->u.stamps.software_ns, 1);
	put_old(data + 2 * OLD_SIZE, item->u.stamps.hardware_ns, 1);
}

const struct sfam__cmsg_codec sfam__cmsg_old_stamps = {
	decode_old_stamps, encode_old_stamps, NULL
};

static bool decode_new_stamps(struct sfam_cmsg *item, size_t size)
{
	const unsigned char *data = item->data;

	(void)size;
	item->u.stamps.software_ns = sfam__time_new_ns(data, 1);
	item->u.stamps.hardware_ns = sfam__time_new_ns(data + 2 * NEW_SIZE, 1);
	return true;
}

static void encode_new_stamps(unsigned char *data,
			      const struct sfam_cmsg *item, size_t size)
{
	memset(data, 0, size);
	put_new(data, item->u.stamps.software_ns, 1);
	put_new(data + 2 * NEW_SIZE, item->u.stamps.hardware_ns, 1);
}

const struct sfam__cmsg_codec sfam__cmsg_new_stamps = {
	decode_new_stamps, encode_new_stamps, NULL
};
