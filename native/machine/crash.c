// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a machine dies: of BUG(), of an access to an address that is not mapped, of an endless loop.
 * The running call is left, and the machine takes no other until it is booted again.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "machine.h"

/* Seconds of processor time that one call may take. */
#define CALL_SECONDS 5

static struct death the_death;
struct death *const death = &the_death;
static volatile sig_atomic_t in_call, seconds;

void sim_die(enum sim_death cause, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(death->reason, sizeof(death->reason), format, arguments);
	va_end(arguments);
	if (!in_call) {
		fprintf(stderr, "%s\n", death->reason);
		exit(1);
	}
	death->cause = cause;
	in_call = 0;
	longjmp(death->to, 1);
}

void watch_call(bool running)
{
	seconds = 0;
	in_call = running;
}

/* Where the stack begins, and how far it may reach down from there. */
static unsigned long stack_top, stack_size;

static const char *page_fault(unsigned long address)
{
	if (address < 4096)
		return "NULL pointer dereference";
	if (address < stack_top && stack_top - address > stack_size / 2 &&
	    stack_top - address < 2 * stack_size)
		return "stack overflow";
	return "page fault";
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
	unsigned long address = (unsigned long)info->si_addr;
	const char *what = signal == SIGFPE ? "division by zero" : "invalid opcode";

	(void)context;
	if (signal == SIGSEGV && map_on_host(address))
		return;
	if (signal == SIGSEGV || signal == SIGBUS) {
		sim_die(SIM_OOPS, "%s at address %lx", page_fault(address), address);
	}
	sim_die(SIM_OOPS, "%s", what);
}

static void on_tick(int signal)
{
	(void)signal;
	if (in_call && ++seconds > CALL_SECONDS)
		sim_die(SIM_OOPS, "the call does not end: %d s of processor time", CALL_SECONDS);
}

void crash_setup(void)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };
	stack_t alternate = { .ss_sp = reserve(1 << 16), .ss_size = 1 << 16 };
	/* Not blocked while handled, since the handlers may not return. */
	struct sigaction fault = { .sa_sigaction = on_fault,
				   .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
	struct sigaction tick = { .sa_handler = on_tick,
				  .sa_flags = SA_ONSTACK | SA_NODEFER | SA_RESTART };
	struct itimerval second = { { 1, 0 }, { 1, 0 } };
	struct rlimit limit = { 1 << 23, 1 << 23 };
	size_t i;

	/* Small enough to overflow soon, whatever is allowed. */
	setrlimit(RLIMIT_STACK, &limit);
	stack_top = (unsigned long)__builtin_frame_address(0);
	stack_size = limit.rlim_cur;
	sigaltstack(&alternate, NULL);
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigaction(faults[i], &fault, NULL);
	sigaction(SIGVTALRM, &tick, NULL);
	setitimer(ITIMER_VIRTUAL, &second, NULL);
}
