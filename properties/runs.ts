/**
 * Generated scenarios per policy in the tests; VMAPCHECK_RUNS asks for a deeper look. Whatever
 * violation is expected is found within 2,500.
 */
export function testRuns(): number {
  const text = process.env.VMAPCHECK_RUNS ?? '3000';
  const runs = Number(text);
  if (!Number.isInteger(runs) || runs < 1) {
    throw new Error(`VMAPCHECK_RUNS: "${text}" is not a number of runs`);
  }
  return runs;
}
