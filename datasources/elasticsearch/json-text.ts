const { rawJSON } = JSON as unknown as { rawJSON(this: void, text: string): unknown };

/** JSON with whole numbers of any length. */
export function printJson(value: unknown): string {
  return JSON.stringify(value, (_name, each: unknown) => (typeof each === 'bigint' ? rawJSON(String(each)) : each));
}

/** Whole numbers that JavaScript would round are bigints; looked for only where the text has so many digits. */
export function parseJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_name, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
      ? BigInt(context!.source!)
      : value,
  );
}
