import { z } from 'zod';
import { MACHINE_LIMITS } from '../../models/hardware/machine.ts';
import { ScenarioError } from '../scenario/errors.ts';
import type { TraceHeader } from './event.ts';

const PAGE_BYTES = 4096n;

const address = (key: string) =>
  z
    .string({ error: `${key}: must be an address such as "0xffffc90000000000"` })
    .regex(/^0x[0-9a-f]{1,16}$/i, { error: `${key}: must be an address, 0x and hex digits` })
    .transform(BigInt);

const whole = (key: string, min: number, max: number) => {
  const error = `${key}: must be a whole number of ${min}..${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};

const pids = z.record(z.string(), z.string(), { error: 'pids: must give each pid its name' });

const headerSchema = z
  .object(
    {
      format: z.literal('vmtrace-1', { error: 'format: must be "vmtrace-1"' }),
      kernel: z.string({ error: 'kernel: must be what uname -r says' }),
      cpus: whole('cpus', 1, MACHINE_LIMITS.cpus),
      cpus_online: whole('cpus_online', 1, MACHINE_LIMITS.cpus),
      vmalloc_start: address('vmalloc_start'),
      vmalloc_end: address('vmalloc_end'),
      modules_page: whole('modules_page', -(2 ** 40), 2 ** 40),
      modules_end_page: whole('modules_end_page', -(2 ** 40), 2 ** 40),
      nr_vmap_nodes: whole('nr_vmap_nodes', 1, MACHINE_LIMITS.vmapNodes),
      vmap_zone_pages: whole('vmap_zone_pages', 1, MACHINE_LIMITS.zonePages),
      lazy_max_pages: whole('lazy_max_pages', 0, 2 ** 40),
      block_pages: whole('block_pages', 2, MACHINE_LIMITS.vmapBbmapBits),
      pids,
    },
    { error: 'must be the header, an object' },
  )
  .refine(({ vmalloc_start, vmalloc_end }) => vmalloc_start < vmalloc_end, {
    error: 'vmalloc_end: must be above vmalloc_start',
  })
  .refine(({ cpus, cpus_online }) => cpus_online <= cpus, {
    error: 'cpus_online: more than there are cpus',
  })
  .refine(({ block_pages }) => Number.isInteger(Math.log2(block_pages)), {
    error: 'block_pages: must be a power of two',
  });

/** Reads the first line of a trace. Throws a ScenarioError that names what is wrong with it. */
export function parseHeader(value: unknown): TraceHeader {
  const { success, data, error } = headerSchema.safeParse(value);
  if (!success) throw new ScenarioError(1, error.issues[0]?.message ?? 'must be the header');
  const vmallocPages = Number((data.vmalloc_end - data.vmalloc_start) / PAGE_BYTES);
  if (vmallocPages > MACHINE_LIMITS.vmallocPages) {
    throw new ScenarioError(1, `vmalloc_end: ${vmallocPages} pages are more than can be modelled`);
  }
  return {
    kernel: data.kernel,
    cpus: data.cpus,
    onlineCpus: data.cpus_online,
    startPage: data.vmalloc_start / PAGE_BYTES,
    vmallocPages,
    modules: [data.modules_page, data.modules_end_page],
    nodes: data.nr_vmap_nodes,
    zonePages: data.vmap_zone_pages,
    lazyMaxPages: data.lazy_max_pages,
    blockPages: data.block_pages,
    comm: new Map(Object.entries(data.pids).map(([pid, name]) => [Number(pid), name])),
  };
}
