import fc from 'fast-check';

/** What may befall the text of a case on its way. */
export type Damage = (text: string) => string;

/**
 * A bit flipped, a line dropped, repeated or swapped with another, a number made huge or odd, the
 * end cut off.
 */
export const anyDamage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat({ max: 7 })).map(
    ([at, bit]): Damage =>
      (text) => {
        const bytes = Buffer.from(text);
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
        return bytes.toString('utf8');
      },
  ),
  onLines((lines, at) => lines.toSpliced(at, 1)),
  onLines((lines, at) => lines.toSpliced(at, 0, lines[at] ?? '')),
  onLines((lines, at, other) => {
    const moved = lines[at] ?? '';
    return lines.with(at, lines[other] ?? '').with(other, moved);
  }),
  fc.tuple(fc.nat(), hugeNumber()).map(
    ([at, huge]): Damage =>
      (text) => {
        let count = 0;
        const numbers = text.match(/[0-9]+/g)?.length ?? 1;
        return text.replaceAll(/[0-9]+/g, (number) => (count++ === at % numbers ? huge : number));
      },
  ),
  fc.nat().map(
    (at): Damage =>
      (text) =>
        text.slice(0, at % text.length),
  ),
);

function onLines(damage: (lines: string[], at: number, other: number) => string[]) {
  return fc.tuple(fc.nat(), fc.nat()).map(
    ([at, other]): Damage =>
      (text) => {
        const lines = text.split('\n');
        return damage(lines, at % lines.length, other % lines.length).join('\n');
      },
  );
}

function hugeNumber(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom('4294967296', '9007199254740993', '18446744073709551616', '-1', '1e309', '0'),
    fc.integer({ min: 20, max: 400 }).map((digits) => '9'.repeat(digits)),
  );
}
