/* SPDX-License-Identifier: GPL-2.0-only */
/* What main.c and run.c know of each other. */
#ifndef RUN_H
#define RUN_H

#include "task.h"

/* How a call ended; the first ones are those of enum result. */
enum status { STATUS_STOPPED = -1, STATUS_DIED = RESULT_FAILED + 1 };

/* Boots the machine that was asked for last. */
void boot(void);
void put_state(struct numbers *numbers);
void set_up_numbers(struct numbers *numbers);
void answer(struct numbers *numbers);

void run_setup(void);
/* Another machine is asked for. */
void forget_names(void);
/* Runs tasks; see src/subject/native/run-message.ts for what is asked and answered. */
void run(const double *request);
/* Answers with every scheduling point in the source: kind, text, function. */
void tell_sites(void);

#endif
