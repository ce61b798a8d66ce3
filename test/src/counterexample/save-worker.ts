/** Run as a process of its own: saves the same cases as its siblings, each telling them its way. */
import { saveCase } from '../../../src/counterexample/store.ts';
import { anyCounterexample } from './counterexample.ts';

const [directory = '', teller = '', variants = ''] = process.argv.slice(2);
for (let variant = 0; variant < Number(variants); variant++) {
  saveCase(directory, { ...anyCounterexample(variant), observed: [`told by ${teller}`] });
}
