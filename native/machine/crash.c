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

#include "task.h"

/* How often the processor time of a call is looked at. */
#define TICK_US 25000
/*
 * Ticks without any effect after which a call is given up, and once one has been: then it is most
 * likely the same loop again, in a scenario that is being made smaller.
 */
#define IDLE_TICKS 8
#define IDLE_TICKS_LATER 2
/* Ticks after which any call is given up. */
#define MOST_TICKS 800

static struct death the_death;
struct death *const death = &the_death;
static volatile sig_atomic_t in_call, ticks, idle_ticks;
static unsigned long effects_before;
unsigned long effects;
/* Not put back when a machine is booted. */
static int *idle_limit;

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
	ticks = idle_ticks = 0;
	in_call = running;
}

/* Where the stack begins, and how far it may reach down from there. */
static unsigned long stack_top, stack_size;

static bool is_of_stack(unsigned long address)
{
	if (below_stack(address))
		return true;
	return address < stack_top && stack_top - address > stack_size / 2 &&
	       stack_top - address < 2 * stack_size;
}

/* The reason names the address only if that is the same each time. */
static void die_of_access(unsigned long address, bool is_no_address)
{
	if (is_no_address)
		sim_die(SIM_OOPS, "general protection fault, as of freed or uninitialised memory");
	if (address < 1UL << SIM_PAGE_SHIFT)
		sim_die(SIM_OOPS, "NULL pointer dereference at address %lx", address);
	if (is_of_stack(address))
		sim_die(SIM_OOPS, "stack overflow");
	if (address >= sim_machine.vmalloc_start && address < sim_machine.modules_end)
		sim_die(SIM_OOPS, "page fault at page %.0f, which is not mapped", page_of(address));
	sim_die(SIM_OOPS, "page fault");
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
	unsigned long address = (unsigned long)info->si_addr;

	(void)context;
	if (signal == SIGSEGV && map_on_host(address))
		return;
	/* Of an address that is none, x86 does not tell which it was. */
	if (signal == SIGSEGV || signal == SIGBUS)
		die_of_access(address, info->si_code == SI_KERNEL);
	sim_die(SIM_OOPS, signal == SIGFPE ? "division by zero" : "invalid opcode");
}

static void on_tick(int signal)
{
	(void)signal;
	if (!in_call)
		return;
	ticks++;
	idle_ticks = effects == effects_before ? idle_ticks + 1 : 0;
	effects_before = effects;
	if (idle_ticks <= *idle_limit && ticks <= MOST_TICKS)
		return;
	*idle_limit = IDLE_TICKS_LATER;
	sim_die(SIM_OOPS, "endless loop");
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
	struct itimerval interval = { { 0, TICK_US }, { 0, TICK_US } };
	struct rlimit limit = { 1 << 23, 1 << 23 };
	size_t i;

	idle_limit = reserve(sizeof(*idle_limit));
	*idle_limit = IDLE_TICKS;
	/* Small enough to overflow soon, whatever is allowed. */
	setrlimit(RLIMIT_STACK, &limit);
	stack_top = (unsigned long)__builtin_frame_address(0);
	stack_size = limit.rlim_cur;
	sigaltstack(&alternate, NULL);
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigaction(faults[i], &fault, NULL);
	sigaction(SIGVTALRM, &tick, NULL);
	setitimer(ITIMER_VIRTUAL, &interval, NULL);
}
