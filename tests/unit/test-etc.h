/* SPDX-License-Identifier: MIT */
/*
 * An /etc with these hosts and services and nothing else, for this process
 * alone: tests that need "netns" are root of their own user namespace, and
 * may have mounts of their own.
 */
#ifndef SFAM_TEST_ETC_H
#define SFAM_TEST_ETC_H

#include <check.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>

static inline void write_etc(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

static inline void own_etc(const char *hosts, const char *services)
{
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL),
			 0);
	ck_assert_int_eq(mount("none", "/etc", "tmpfs", 0, NULL), 0);
	write_etc("/etc/nsswitch.conf", "hosts: files\nservices: files\n");
	write_etc("/etc/host.conf", "multi on\n");
	write_etc("/etc/hosts", hosts);
	write_etc("/etc/services", services);
}

#endif
