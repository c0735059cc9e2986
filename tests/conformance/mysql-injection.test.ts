import { describeWith } from '../servers/describe-with.js';
import { openMysqlFixture } from './harness/mysql.js';
import { injection } from './injection.js';

/** Strings that end a literal, a name, a comment, a pattern or an array where somebody forgot to quote. */
const CORPUS = [
  `'; drop table words; --`,
  `' or '1'='1`,
  `\\'; do sleep(10); --`,
  '`; drop table words; --',
  '``.``',
  `" or ""="`,
  '?',
  ':0',
  '/*! drop table words */ -- \n #',
  `["a",null]`,
  `"]') as t; --`,
  '$[*]',
  'NULL',
  `_binary'x'`,
  '0x27',
  '%_\\',
  `(?i)[[:alpha:]]*:.*`,
  '\u2019; drop table words; --',
  '😀"\'\\',
  'select',
  'a.b',
  ' x',
];

/** Names may have at most 64 characters of the first plane, and no blank at their end. */
const NAMES = CORPUS.map((text) => text.replace('😀', '☺').slice(0, 30).trimEnd());

describeWith('mariadb', 'hostile texts and names', (server) => {
  injection({
    open: (fixture) => openMysqlFixture(server(), fixture),
    corpus: CORPUS,
    names: NAMES,
    labels: [...NAMES.slice(0, 6), 'ok'],
  });
});
