import * as fc from 'fast-check';

/** Values that stand where others belong. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', 'A', {}, [], -1, -2, 0.5, 1e308, 2 ** 53, -(2 ** 52)),
  fc.constantFrom<unknown>(2 ** 40, -(2 ** 40), 2 ** 31, 4096, 65_536, 0, 1, 2, 3),
  fc.integer({ min: -2_000, max: 2_000 }),
);

type Damage = (lines: readonly string[]) => readonly string[];

const place = fc.nat();

const damage: fc.Arbitrary<Damage> = fc.oneof(
  place.map(
    (at): Damage =>
      (lines) =>
        lines.toSpliced(at % lines.length, 1),
  ),
  fc.tuple(place, place).map(
    ([a, b]): Damage =>
      (lines) => {
        const one = lines[a % lines.length] ?? '';
        return lines.toSpliced(a % lines.length, 1).toSpliced(b % lines.length, 0, one);
      },
  ),
  fc.tuple(place, place, odd).map(
    ([a, b, value]): Damage =>
      (lines) => {
        const at = a % lines.length;
        return lines.with(at, withValue(lines[at] ?? '', b, value));
      },
  ),
  fc.tuple(place, place).map(
    ([a, b]): Damage =>
      (lines) => {
        const text = lines[a % lines.length] ?? '';
        return [...lines.slice(0, a % lines.length), text.slice(0, b % (text.length + 1))];
      },
  ),
  fc.tuple(place, place, fc.string({ minLength: 1, maxLength: 3 })).map(
    ([a, b, text]): Damage =>
      (lines) => {
        const line = lines[a % lines.length] ?? '';
        const at = b % (line.length + 1);
        return lines.with(a % lines.length, line.slice(0, at) + text + line.slice(at + 1));
      },
  ),
);

/** A line of JSON with one of its values replaced. */
function withValue(line: string, place: number, value: unknown): string {
  const parsed: unknown = JSON.parse(line);
  if (Array.isArray(parsed)) return JSON.stringify(parsed.with(place % parsed.length, value));
  const entries = Object.entries(parsed ?? {});
  return JSON.stringify(Object.fromEntries(entries.with(place % entries.length, ['snap', value])));
}

/** A trace with up to three things wrong. */
export function damaged(trace: string): fc.Arbitrary<string> {
  const lines = trace.trimEnd().split('\n');
  return fc.array(damage, { minLength: 1, maxLength: 3 }).map((damages) => {
    let text: readonly string[] = lines;
    for (const one of damages) {
      try {
        if (text.length > 0) text = one(text);
      } catch {
        // Damaged already so that it is no JSON to put a value in.
      }
    }
    return text.join('\n');
  });
}
