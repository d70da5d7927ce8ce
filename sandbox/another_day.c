/* Loaded before libc: what asks for the time of day is told another one, what measures how long something takes is not. See another_day.py. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long later(void)
{
	static long seconds;
	static int asked;
	if (!asked) {
		const char *said = getenv("SANDBOX_LATER");
		seconds = said ? atol(said) : 0;
		asked = 1;
	}
	return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *found)
{
	int failed = syscall(SYS_clock_gettime, clock, found);
	if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		found->tv_sec += later();
	return failed;
}

int gettimeofday(struct timeval *restrict found, void *restrict zone)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	(void)zone;
	if (found) {
		found->tv_sec = now.tv_sec;
		found->tv_usec = now.tv_nsec / 1000;
	}
	return 0;
}

time_t time(time_t *found)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (found)
		*found = now.tv_sec;
	return now.tv_sec;
}
