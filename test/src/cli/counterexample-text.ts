/** The 4-operation case of the fully used block, as a user would write it. */
export const FULL_BLOCK_CASE = `vmapcheck case 1
policy    v6.4
property  no-stale-alias
machine   cpus=2 vmalloc=64 block=4 max-alloc=2
task on cpu0
  A = vm_map_ram(2)
  B = vm_map_ram(2)
  vm_unmap_ram(A)
  vm_unmap_aliases()
end
`;

/** A mail that quotes a text twice over, with prose around it. */
export function quotedMail(text: string): string {
  const quoted = text.trimEnd().split('\n');
  return ['Hello,', '> he wrote:', ...quoted.map((line) => `> > ${line}`), 'and then?'].join('\n');
}
