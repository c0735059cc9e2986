import { describeWith } from '../servers/describe-with.js';
import { openNeo4jFixture } from './harness/neo4j.js';
import { injection } from './injection.js';

/** Strings that end a literal, a name, a comment or a pattern where somebody forgot to quote; the store reads \u0060 as a backtick. */
const CORPUS = [
  `' OR 1=1 //`,
  `'}) DETACH DELETE n //`,
  `\\'; MATCH (n) DETACH DELETE n //`,
  `" OR ""="`,
  '`) DETACH DELETE n //',
  '``) RETURN 1 //',
  '\\u0060) DETACH DELETE n //',
  '\\u0027 OR true //',
  '\\\\u0060',
  'a\\',
  '$p0',
  '{x: 1}',
  '/* */ // \n RETURN 1',
  ':Label|Other',
  '*1..',
  'NULL',
  'apoc.load.json("x")',
  '%_\\',
  `(?i).*`,
  '\u2019 OR 1=1 //',
  '\uff40) RETURN 1 //',
  '😀"\'\\`',
  'MATCH',
  'a.b',
  ' ',
];

describeWith('neo4j', 'nothing of a value or a name is read as Cypher', (server) => {
  injection({
    open: (fixture) => openNeo4jFixture(server(), fixture),
    corpus: CORPUS,
    names: CORPUS,
    list: (word) => [word, 'x'],
  });
});
