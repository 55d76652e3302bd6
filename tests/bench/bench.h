/* SPDX-License-Identifier: MIT */
/*
 * The ruler: what a thing costs in CPU time. Under `tests/vm/run --icount`
 * one nanosecond of it is one instruction, user and kernel together, and
 * two runs give the same figures.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct config {
	const char *ifname;	/* a vcan of our own */
	size_t frames;		/* per measurement */
	const char *sockfam;	/* the tool */
};

extern struct config config;

/* Says what and why (errno), and ends. */
void __attribute__((noreturn)) die(const char *what);

/* ------------------------------------------------------------- table -- */

/* A column that is not measured. */
#define NONE (__builtin_nan(""))

/* Instructions per item. */
struct row {
	const char *item;
	double floor;
	double ours;
	double peer;
};

void show_heading(const char *text);
void show_row(const struct row *row);

/* What was promised: value is at most max. NONE is a skip. */
void set_limit(const char *item, const char *what, double value, double max);

/* ------------------------------------------------------------- count -- */

/* CPU time of this process, ns. */
int64_t cpu_ns(void);

/*
 * What body(i), for i from 0 to n - 1, costs on average, less nothing(i),
 * which does all but the thing to measure. Each is run several times, and
 * the cheapest run counts.
 */
double count_calls(void (*body)(size_t i), void (*nothing)(size_t i), size_t n);

/*
 * The same of the median of up to 512 calls: under --icount the calls cost
 * the same to the instruction, but for those that a timer tick falls into.
 */
double count_median(void (*body)(size_t i), void (*nothing)(size_t i),
		    size_t n);

/*
 * The least of several runs of run(arg, n): timers and other threads only
 * ever add.
 */
int64_t least_of_runs(int64_t (*run)(const void *arg, size_t n),
		      const void *arg, size_t n);

/*
 * Waits for a child that shall end well, and soon. Returns its CPU time.
 */
int64_t reap(pid_t pid, const char *what);

/* Runs a program; its stdout goes to the file out. Returns its pid. */
pid_t start_program(const char *const *argv, const char *out);

/* 0 if the PATH has no such program. */
int have_program(const char *name);

/* ------------------------------------------------------------- parts -- */

void bench_alg(void);
void bench_alg_file(void);	/* in alg */
void bench_text(void);
void bench_addr(void);
void bench_receive(void);
void bench_send(void);
void bench_play(void);
void bench_gen(void);
void bench_packet(void);
void bench_packet_send(void);
void bench_stream(void);
void bench_relay(void);
void bench_echo(void);
void bench_fdpass(void);
void bench_tipc(void);

#endif
