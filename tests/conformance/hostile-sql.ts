/** Strings that end a literal, a name, a comment, a pattern or an array where somebody forgot to quote. */
export const HOSTILE_SQL = [
  `'; drop table "words"; --`,
  `' or '1'='1`,
  `\\'; select pg_sleep(10); --`,
  `"; drop table words; --`,
  `" or ""="`,
  '$1',
  '$$; drop table words; $$',
  '/* */ -- \n drop table words',
  `{"a",NULL}`,
  `{}","{`,
  'NULL',
  `E'\\x27'`,
  '%_\\',
  `(?i)[[:alpha:]]***:.*`,
  '\u2019; drop table words; --',
  '😀"\'\\',
  'select',
  'a.b',
  ' ',
];

/** PostgreSQL's names may not be longer than 63 bytes. */
export const SHORT = HOSTILE_SQL.map((text) => text.slice(0, 30));
export const LABELS = [...SHORT.slice(0, 5), 'ok'];
