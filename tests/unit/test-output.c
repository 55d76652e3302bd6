/* SPDX-License-Identifier: MIT */
/*
 * Files that appear whole or not at all, where no family is needed; the
 * peer tests have full disks and signals.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "output.h"

static char folder[] = "/tmp/sockfam-output-XXXXXX";

/* A folder of its own, and we are in it. */
static void enter(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

static int entries(void)
{
	DIR *dir = opendir(".");
	int n = -2;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void leave(void)
{
	struct dirent *e;
	DIR *dir = opendir(".");

	ck_assert_ptr_nonnull(dir);
	while ((e = readdir(dir)))
		unlink(e->d_name);
	closedir(dir);
	ck_assert_int_eq(rmdir(folder), 0);
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

static void ck_has(const char *name, const char *text)
{
	char buf[64] = "";
	FILE *f = fopen(name, "r");

	ck_assert_ptr_nonnull(f);
	fread(buf, 1, sizeof(buf) - 1, f);
	fclose(f);
	ck_assert_str_eq(buf, text);
}

static void write_new(struct output *o, const char *name)
{
	ck_assert_int_eq(output_open(o, name), 0);
	ck_assert_int_eq(output_write(o, "ne", 2), 0);
	ck_assert_int_eq(output_write(o, "w", 1), 0);
}

START_TEST(appears)
{
	struct output o;

	enter();
	write_new(&o, "file");
	ck_assert_int_ne(access("file", F_OK), 0);
	ck_assert_int_eq(output_commit(&o), 0);
	ck_has("file", "new");
	output_discard(&o);
	ck_has("file", "new");
	ck_assert_int_eq(entries(), 1);
	leave();
}
END_TEST

START_TEST(leaves_nothing)
{
	struct output o;

	enter();
	write_new(&o, "file");
	output_discard(&o);
	ck_assert_int_eq(entries(), 0);
	output_discard(&o);
	leave();
}
END_TEST

START_TEST(replaces)
{
	struct stat st;
	struct output o;

	enter();
	put("file", "old");
	ck_assert_int_eq(chmod("file", 0604), 0);
	write_new(&o, "./file");
	ck_has("file", "old");
	ck_assert_int_eq(output_commit(&o), 0);
	ck_has("file", "new");
	ck_assert_int_eq(stat("file", &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0604);
	write_new(&o, "file");
	output_discard(&o);
	ck_has("file", "new");
	ck_assert_int_eq(entries(), 1);
	leave();
}
END_TEST

START_TEST(follows_links)
{
	struct output o;
	struct stat st;

	enter();
	put("file", "old");
	ck_assert_int_eq(symlink("file", "link"), 0);
	write_new(&o, "link");
	ck_assert_int_eq(output_commit(&o), 0);
	ck_has("file", "new");
	ck_assert_int_eq(lstat("link", &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
	leave();
}
END_TEST

START_TEST(refuses)
{
	static const char *const names[] = { "", "none/file", "file/x", ".",
					     "none/", "dangling" };
	struct output o;
	size_t i;

	enter();
	put("file", "old");
	ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
	for (i = 0; i < HARNESS_LEN(names); i++)
		ck_assert_msg(output_open(&o, names[i]) == -1, "%s", names[i]);
	ck_assert_int_eq(entries(), 2);
	leave();
}
END_TEST

/* What cannot be taken back goes out as it comes. */
START_TEST(streams)
{
	char name[32], buf[8] = "";
	struct output o;
	int fds[2];

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	snprintf(name, sizeof(name), "/dev/fd/%d", fds[1]);
	write_new(&o, name);
	ck_assert_int_eq(read(fds[0], buf, 3), 3);
	ck_assert_str_eq(buf, "new");
	output_discard(&o);
	write_new(&o, name);
	ck_assert_int_eq(output_commit(&o), 0);
	ck_assert_int_eq(write(fds[1], "x", 1), 1);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ appears, NULL },
		{ leaves_nothing, NULL },
		{ replaces, NULL },
		{ follows_links, NULL },
		{ refuses, NULL },
		{ streams, NULL },
	};

	return harness_run("output", tests, HARNESS_LEN(tests));
}
