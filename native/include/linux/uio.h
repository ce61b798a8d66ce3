/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading into an iterator, for <linux/uio.h> and <linux/highmem.h>: a plain buffer. Nothing
 * faults, and the bytes of a frame are its number.
 */
#ifndef SIM_LINUX_UIO_H
#define SIM_LINUX_UIO_H

#include <linux/mm.h>
#include <linux/string.h>
#include "sim.h"

struct iov_iter { char *to; };

static inline size_t copy_page_to_iter_nofault(struct page *page, unsigned int offset,
					       size_t bytes, struct iov_iter *iter)
{
	memcpy(iter->to, (const char *)sim_frame_bytes(page_to_pfn(page)) + offset, bytes);
	iter->to += bytes;
	return bytes;
}

#define kmap_atomic(page) ((void *)sim_frame_bytes(page_to_pfn(page)))
#define kunmap_atomic(address) do { } while (0)
#define kmap_local_page(page) kmap_atomic(page)
#define kunmap_local(address) do { } while (0)

#endif
