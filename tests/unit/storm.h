/* SPDX-License-Identifier: MIT */
/*
 * A storm of signals: a timer of 100 us, 10 000 a second, without
 * SA_RESTART. A machine that needs longer than that for one signal would do
 * nothing else, so after each thousand the time between two is doubled.
 */
#ifndef SFAM_TEST_STORM_H
#define SFAM_TEST_STORM_H

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#define STORM_US 100
#define STORM_CALMER 1000

static volatile sig_atomic_t storm_signals;	/* since the last storm() */
static volatile sig_atomic_t storm_us;		/* 0: it is calm */

static inline void storm_every(int us)
{
	const struct itimerval t = { { us / 1000000, us % 1000000 },
				     { us / 1000000, us % 1000000 } };

	storm_us = us;
	setitimer(ITIMER_REAL, &t, NULL);
}

static inline void storm_signal(int signo)
{
	(void)signo;
	if (++storm_signals % STORM_CALMER == 0)
		storm_every(2 * storm_us);
}

static inline void calm(void)
{
	storm_every(0);
}

/* Its first signal has come when this returns. */
static inline void storm(void)
{
	const struct sigaction sa = { .sa_handler = storm_signal };

	calm();
	storm_signals = 0;
	sigaction(SIGALRM, &sa, NULL);
	storm_every(STORM_US);
	while (storm_signals == 0)
		;
}

#endif
