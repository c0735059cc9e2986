/** Exact arithmetic on minimal decimal text ("-12.5"; also NaN, Infinity, -Infinity), by BigInt. */

interface Scaled {
  readonly unscaled: bigint;
  readonly scale: number;
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,5}))?$/;
const SPECIAL: Readonly<Record<string, string>> = {
  nan: 'NaN',
  infinity: 'Infinity',
  '-infinity': '-Infinity',
  '+infinity': 'Infinity',
};

/** The minimal text of a decimal: no exponent, no sign of zero, no trailing zeros; null when it is none. */
export function minimalDecimal(text: string): string | null {
  const special = SPECIAL[text.toLowerCase()];
  if (special !== undefined) return special;
  const scaled = parseScaled(text);
  return scaled && printScaled(scaled);
}

/** The digits that a decimal is written with when it has no exponent; null when it is none. Cheap for any text. */
export function digitsOf(text: string): number | null {
  if (SPECIAL[text.toLowerCase()] !== undefined) return 0;
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const [, , whole = '', fraction = '', exponent = '0'] = match;
  const shift = Number(exponent);
  return Math.max(0, whole.length + shift) + Math.max(0, fraction.length - shift);
}

function parseScaled(text: string): Scaled | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return null;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  const unscaled = sign === '-' ? -digits : digits;
  return scale >= 0 ? { unscaled, scale } : { unscaled: unscaled * 10n ** BigInt(-scale), scale: 0 };
}

function printScaled({ unscaled, scale }: Scaled): string {
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? '' : digits.slice(-scale).replace(/0+$/, '');
  const body = fraction === '' ? whole : `${whole}.${fraction}`;
  return negative && unscaled !== 0n ? `-${body}` : body;
}

function scaled(text: string): Scaled {
  const parsed = parseScaled(text);
  if (!parsed) throw new Error(`${text} is no finite decimal`);
  return parsed;
}

/** NaN above every number, infinities at the ends. */
export function compareDecimals(a: string, b: string): number {
  const [ra, rb] = [rank(a), rank(b)];
  if (ra !== rb || ra !== 0) return ra - rb;
  const [x, y] = align(scaled(a), scaled(b));
  return x < y ? -1 : x > y ? 1 : 0;
}

function rank(text: string): number {
  return text === 'NaN' ? 2 : text === 'Infinity' ? 1 : text === '-Infinity' ? -1 : 0;
}

function align(a: Scaled, b: Scaled): [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [a.unscaled * 10n ** BigInt(scale - a.scale), b.unscaled * 10n ** BigInt(scale - b.scale), scale];
}

export function addDecimals(a: string, b: string): string {
  if (rank(a) !== 0 || rank(b) !== 0) {
    if (a === 'NaN' || b === 'NaN' || rank(a) * rank(b) === -1) return 'NaN';
    return rank(a) !== 0 ? a : b;
  }
  const [x, y, scale] = align(scaled(a), scaled(b));
  return printScaled({ unscaled: x + y, scale });
}

/** The quotient rounded half to even at `scale` digits after the point. */
export function divideDecimal(sum: string, count: bigint, scale: number): string {
  if (rank(sum) !== 0) return sum;
  const s = scaled(sum);
  const shift = scale - s.scale;
  const numerator = shift >= 0 ? s.unscaled * 10n ** BigInt(shift) : s.unscaled;
  const denominator = shift >= 0 ? count : count * 10n ** BigInt(-shift);
  const negative = numerator < 0n;
  const positive = negative ? -numerator : numerator;
  let quotient = positive / denominator;
  const twice = 2n * (positive % denominator);
  if (twice > denominator || (twice === denominator && quotient % 2n === 1n)) quotient += 1n;
  return printScaled({ unscaled: negative ? -quotient : quotient, scale });
}

/** Digits after the point of minimal text. */
export function decimalScale(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

/** Finite decimals as integers over one power of ten. */
export function toScaled(texts: readonly string[]): { readonly unscaled: readonly bigint[]; readonly scale: number } {
  const parsed = texts.map(scaled);
  const scale = Math.max(0, ...parsed.map((p) => p.scale));
  return { unscaled: parsed.map((p) => p.unscaled * 10n ** BigInt(scale - p.scale)), scale };
}
