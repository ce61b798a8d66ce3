import { match } from 'ts-pattern';
import {
  type Certificate,
  type Covered,
  certified,
  certifiedSimplest,
} from '../minimize/certificate.ts';
import { counted, grouped, wrapWords } from './words.ts';

/** Columns that the word `certificate` leaves of the 72 of a mail. */
const COLUMNS = 60;

/** What was tried to find a simpler scenario, as the lines of a case; none if nothing was. */
export function certificateLines(certificate: Certificate | null): string[] {
  return certificate === null ? [] : wrapWords(certificateText(certificate), COLUMNS);
}

/** The same in one line: `certified minimal: ...`, or `not certified: budget ...`. */
export function certificateText(certificate: Certificate): string {
  const best = certified(certificate);
  return best === null ? spentText(certificate) : certifiedText(certificate, best);
}

function spentText(certificate: Certificate): string {
  const { budget, shorter } = certificate;
  const runs = budget === 1 ? 'run' : 'runs';
  const spent = `not certified: budget of ${grouped(budget)} ${runs} spent`;
  const own = shorter.find(({ alphabet }) => alphabet === 'own');
  if (own === undefined || own.length === 0) return spent;
  return `${spent}: no shorter violating scenario ${among(certificate, own)}`;
}

function certifiedText(certificate: Certificate, best: Covered): string {
  const { operations } = certificate;
  const none =
    operations === 1
      ? 'nothing is shorter than one operation'
      : `no shorter violating scenario ${among(certificate, best)}`;
  const simplest = certifiedSimplest(certificate);
  if (simplest === null || simplest.programs === 0) return `certified minimal: ${none}`;
  const others = `nor a simpler one among ${grouped(simplest.programs)} of ${operations}`;
  return `certified minimal: ${none}, ${others}`;
}

/** `among 10,095 programs of at most 3 operations of any kind on 3 machines of 1 CPU` */
function among({ tasks, preemptions, machines, cpus }: Certificate, covered: Covered): string {
  const { alphabet, length, programs } = covered;
  const kinds = match(alphabet)
    .with('block', () => 'of a block')
    .with('own', () => 'of its own kinds')
    .with('common', () => 'of its own and the common kinds')
    .with('every', () => 'of any kind')
    .exhaustive();
  const words = [
    `among ${grouped(programs)} programs of at most ${counted(length, 'operation')} ${kinds}`,
    `on ${counted(machines, 'machine')} of ${counted(cpus, 'CPU')}`,
  ];
  if (preemptions !== null && tasks > 1) {
    words.push(`in at most ${counted(tasks, 'task')} with ${counted(preemptions, 'preemption')}`);
  }
  return words.join(' ');
}
