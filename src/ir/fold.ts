/**
 * Simple Unicode case folding (CaseFolding.txt, status C and S) as classes of characters that fold to the same one.
 * JavaScript's `iu` regular expressions fold exactly so and are the source of the classes.
 */
let classes: Map<string, string> | null = null;

/** The characters that equal this one without regard to case, itself included; one character when it has no case. */
export function foldClass(character: string): string {
  classes ??= build();
  return classes.get(character) ?? character;
}

const LAST_CASED = 0x1ffff;

function build(): Map<string, string> {
  const found = new Map<string, Set<string>>();
  // Some that fold together have no single capital letter; the capitals that they are written with tell them.
  const byCapitals = new Map<string, string>();
  for (let point = 0; point <= LAST_CASED; point += 1) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const character = String.fromCodePoint(point);
    const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
    if (lower === character && upper === character) continue;
    const same = new RegExp(`^\\u{${point.toString(16)}}$`, 'iu');
    const sibling = byCapitals.get(upper) ?? character;
    byCapitals.set(upper, sibling);
    for (const other of [lower, upper, lower.toUpperCase(), upper.toLowerCase(), sibling]) {
      if (other === character || !same.test(other)) continue;
      const merged = new Set([...(found.get(character) ?? [character]), ...(found.get(other) ?? [other])]);
      for (const member of merged) found.set(member, merged);
    }
  }
  return new Map([...found].map(([character, all]) => [character, [...all].sort().join('')]));
}
