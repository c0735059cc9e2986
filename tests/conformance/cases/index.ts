import type { Case } from '../ask.js';
import { CONDITIONS } from './conditions.js';
import { FAMILIES } from './families.js';
import { HIDDEN } from './hidden.js';
import { JSON_MEMBERS } from './json.js';
import { MEASURES } from './measures.js';
import { NESTED } from './nested.js';
import { NUMBERS } from './numbers.js';
import { ORDERS } from './orders.js';
import { TEXTS } from './texts.js';
import { TIMES } from './times.js';
import { WALKS } from './walks.js';

/** Every case, by what it is about. */
export const CASES: Readonly<Record<string, readonly Case[]>> = {
  conditions: CONDITIONS,
  numbers: NUMBERS,
  'text and lists': TEXTS,
  'order and pages': ORDERS,
  'measures and groups': MEASURES,
  'what stands in json': JSON_MEMBERS,
  'structs and lists of them': NESTED,
  time: TIMES,
  'levels within parents': FAMILIES,
  walks: WALKS,
  'what a policy hides': HIDDEN,
};
