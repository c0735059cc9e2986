import {
  asc,
  bucket,
  by,
  count,
  desc,
  eq,
  from,
  groups,
  is,
  isNull,
  kept,
  keyAt,
  oneOf,
  part,
  rows,
  type Case,
} from '../ask.js';
import { day, micros } from '../fair.js';

const BERLIN = 'Europe/Berlin';
const CHANGE = oneOf('id', [6n, 7n]);

/** Instants, local times and dates: their order, buckets in zones at both changes of the clock, parts. */
export const TIMES: readonly Case[] = [
  ...kept('event', 'id', {
    'instants in order': [is('at', 'gt', micros('2024-10-27T00:30')), 7n, 8n],
    'a day in a leap year': [eq('day', day('2024-02-29')), 1n],
    'a time before 1970': [is('local', 'lt', 0n), 4n],
  }),
  {
    name: 'days in UTC',
    select: from('event', groups({ by: [bucket('at', 'DAY', 'UTC')], measures: [count()], orderBy: [asc(keyAt(0))] })),
    rows: [
      [micros('2018-11-04'), 1n],
      [micros('2024-03-30'), 2n],
      [micros('2024-03-31'), 3n],
      [micros('2024-10-27'), 3n],
      [null, 1n],
    ],
  },
  {
    name: 'days in a zone, of 23 and of 25 hours at the changes of its clock',
    select: from('event', groups({ by: [bucket('at', 'DAY', BERLIN)], measures: [count()], orderBy: [asc(keyAt(0))] })),
    rows: [
      [micros('2018-11-03T23:00'), 1n],
      [micros('2024-03-29T23:00'), 1n],
      [micros('2024-03-30T23:00'), 3n],
      [micros('2024-03-31T22:00'), 1n],
      [micros('2024-10-26T22:00'), 2n],
      [micros('2024-10-27T23:00'), 1n],
      [null, 1n],
    ],
  },
  {
    name: 'the hour that comes twice is two buckets',
    select: from('event', groups({ by: [bucket('at', 'HOUR', BERLIN)], measures: [count()], where: CHANGE })),
    rows: [
      [micros('2024-10-27T00:00'), 1n],
      [micros('2024-10-27T01:00'), 1n],
    ],
  },
  {
    name: 'and one part of the day',
    select: from('event', groups({ by: [part('at', 'HOUR', BERLIN)], measures: [count()], where: CHANGE })),
    rows: [[2n, 2n]],
  },
  {
    name: 'parts of an instant are those of UTC unless told otherwise',
    select: from('event', groups({ by: [part('at', 'HOUR')], measures: [count()], where: CHANGE })),
    rows: [
      [0n, 1n],
      [1n, 1n],
    ],
  },
  {
    name: 'hours of a zone that is half an hour beside the others',
    select: from(
      'event',
      groups({ by: [bucket('at', 'HOUR', 'America/St_Johns')], measures: [count()], where: is('id', 'lte', 2n) }),
    ),
    rows: [
      [micros('2024-03-30T22:30'), 1n],
      [micros('2024-03-30T23:30'), 1n],
    ],
  },
  {
    name: 'a day that begins in the gap of the clock',
    select: from(
      'event',
      groups({ by: [bucket('at', 'DAY', 'America/Sao_Paulo')], measures: [count()], where: eq('id', 10n) }),
    ),
    rows: [[micros('2018-11-04T03:00'), 1n]],
  },
  {
    name: 'months in a zone begin in their own offset',
    select: from(
      'event',
      groups({ by: [bucket('at', 'MONTH', BERLIN)], measures: [count()], orderBy: [desc(keyAt(0))] }),
    ),
    rows: [
      [micros('2024-09-30T22:00'), 3n],
      [micros('2024-03-31T22:00'), 1n],
      [micros('2024-02-29T23:00'), 4n],
      [micros('2018-10-31T23:00'), 1n],
      [null, 1n],
    ],
  },
  {
    name: 'weeks in a zone begin on Monday',
    select: from(
      'event',
      groups({ by: [bucket('at', 'WEEK', BERLIN)], measures: [count()], where: is('at', 'gt', micros('2024-10-01')) }),
    ),
    rows: [
      [micros('2024-10-20T22:00'), 2n],
      [micros('2024-10-27T23:00'), 1n],
    ],
  },
  {
    name: 'quarters and years in a zone',
    select: from(
      'event',
      groups({
        by: [bucket('at', 'QUARTER', BERLIN), bucket('at', 'YEAR', BERLIN)],
        where: oneOf('id', [5n, 8n, 10n]),
      }),
    ),
    rows: [
      [micros('2024-03-31T22:00'), micros('2023-12-31T23:00')],
      [micros('2024-09-30T22:00'), micros('2023-12-31T23:00')],
      [micros('2018-09-30T22:00'), micros('2017-12-31T23:00')],
    ],
  },
  {
    name: 'the day of the month is that of the zone',
    select: from(
      'event',
      groups({
        by: [part('at', 'DAY', BERLIN), part('at', 'MONTH', BERLIN), part('at', 'DAY_OF_WEEK', BERLIN)],
        where: eq('id', 5n),
      }),
    ),
    rows: [[1n, 4n, 1n]],
  },
  {
    name: 'buckets of local times',
    select: from('event', groups({ by: [bucket('local', 'MONTH')], measures: [count()], orderBy: [asc(keyAt(0))] })),
    rows: [
      [micros('1969-12-01'), 1n],
      [micros('2024-02-01'), 1n],
      [micros('2024-03-01'), 1n],
      [null, 7n],
    ],
  },
  {
    name: 'small buckets before 1970 are cut downwards',
    select: from(
      'event',
      groups({
        by: [bucket('local', 'SECOND'), bucket('local', 'MINUTE'), bucket('local', 'HOUR'), part('local', 'SECOND')],
        where: eq('id', 4n),
      }),
    ),
    rows: [[micros('1969-12-31T23:59:59'), micros('1969-12-31T23:59'), micros('1969-12-31T23:00'), 59n]],
  },
  {
    name: 'ISO weeks: the first days of a year may be of the last week of the one before',
    select: from(
      'event',
      groups({
        by: [
          by('id'),
          bucket('day', 'WEEK'),
          part('day', 'WEEK'),
          part('day', 'DAY_OF_WEEK'),
          part('day', 'DAY_OF_YEAR'),
        ],
        where: isNull('day', true),
        orderBy: [asc(keyAt(0))],
      }),
    ),
    rows: [
      [1n, day('2024-02-26'), 9n, 4n, 60n],
      [2n, day('2020-12-28'), 53n, 7n, 3n],
      [3n, day('2024-12-30'), 1n, 1n, 365n],
      [4n, day('1969-12-29'), 1n, 3n, 365n],
    ],
  },
  {
    name: 'quarters and parts of dates',
    select: from(
      'event',
      groups({
        by: [
          by('id'),
          bucket('day', 'QUARTER'),
          bucket('day', 'YEAR'),
          part('day', 'QUARTER'),
          part('day', 'YEAR'),
          part('day', 'DAY'),
        ],
        where: isNull('day', true),
      }),
    ),
    rows: [
      [1n, day('2024-01-01'), day('2024-01-01'), 1n, 2024n, 29n],
      [2n, day('2021-01-01'), day('2021-01-01'), 1n, 2021n, 3n],
      [3n, day('2024-10-01'), day('2024-01-01'), 4n, 2024n, 30n],
      [4n, day('1969-10-01'), day('1969-01-01'), 4n, 1969n, 31n],
    ],
  },
  {
    name: 'times as they are',
    select: from('event', rows(['at', 'local', 'day'], { where: eq('id', 2n) })),
    rows: [[micros('2024-03-30T23:30'), micros('2024-02-29T23:59:59.999'), day('2021-01-03')]],
  },
];
