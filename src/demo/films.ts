import { jsonRows } from './data-file.js';
import type { Cell, Part } from './part.js';

const KEYWORD = { type: 'keyword' };
const LONG = { type: 'long' };

/** The expressions of its indexes are those that searches in English ask. */
export const FILMS: Part = {
  name: 'films',
  told: '3,201 films, to be searched',
  tables: {
    present: 'films.film',
    create: `
create table trainyard_loading.film (
  id integer primary key, title text, about text not null, genre text, creative_type text, based_on text,
  director text, distributor text, mpaa_rating text, released date not null, minutes integer,
  budget bigint, us_gross bigint, worldwide_gross bigint, us_dvd_sales bigint,
  rotten_tomatoes integer, imdb_rating double precision, imdb_votes integer)`,
    rows: [{ table: 'film', read: films }],
    finish: `
create index on trainyard_loading.film using gin (to_tsvector('english', title));
create index on trainyard_loading.film using gin (to_tsvector('english', about));
create index on trainyard_loading.film (genre);
create index on trainyard_loading.film (released);
comment on table trainyard_loading.film is 'Films (vega-datasets, movies.json, which has some mistakes on purpose); money in US dollars.';
comment on column trainyard_loading.film.about is 'Genre, kind, origin, director, distributor, rating and year, as a text to be searched.';
comment on column trainyard_loading.film.released is 'Day of release, as the file has it: of some old films a century late.';
comment on column trainyard_loading.film.rotten_tomatoes is 'Rating from 0 to 100.';
comment on column trainyard_loading.film.imdb_rating is 'Rating from 1 to 10.';
alter schema trainyard_loading rename to films;
analyze films.film`,
  },
  index: {
    alias: 'film',
    mappings: {
      id: { type: 'integer' },
      title: { type: 'text', analyzer: 'english', fields: { keyword: { type: 'keyword' } } },
      about: { type: 'text', analyzer: 'english' },
      ...{ genre: KEYWORD, creative_type: KEYWORD, based_on: KEYWORD },
      ...{ director: KEYWORD, distributor: KEYWORD, mpaa_rating: KEYWORD },
      released: { type: 'date', format: 'strict_date' },
      minutes: { type: 'integer' },
      ...{ budget: LONG, us_gross: LONG, worldwide_gross: LONG, us_dvd_sales: LONG },
      rotten_tomatoes: { type: 'integer' },
      imdb_rating: { type: 'double' },
      imdb_votes: { type: 'integer' },
    },
    read: documents,
  },
};

interface FilmRow {
  /** Titles that are digits are numbers in the file. */
  readonly Title: string | number | null;
  readonly 'US Gross': number | null;
  readonly 'Worldwide Gross': number | null;
  readonly 'US DVD Sales': number | null;
  readonly 'Production Budget': number | null;
  /** `Jun 12 1998`. */
  readonly 'Release Date': string;
  readonly 'MPAA Rating': string | null;
  readonly 'Running Time min': number | null;
  readonly Distributor: string | null;
  readonly Source: string | null;
  readonly 'Major Genre': string | null;
  readonly 'Creative Type': string | null;
  readonly Director: string | null;
  readonly 'Rotten Tomatoes Rating': number | null;
  readonly 'IMDB Rating': number | null;
  readonly 'IMDB Votes': number | null;
}

async function* films(): AsyncIterable<readonly Cell[]> {
  for (const [i, row] of (await jsonRows<FilmRow>('movies.json')).entries()) {
    yield [
      ...[
        i + 1,
        row.Title === null ? null : String(row.Title),
        about(row),
        row['Major Genre'],
        row['Creative Type'],
        row.Source,
      ],
      ...[row.Director, row.Distributor, row['MPAA Rating'], day(row['Release Date']), row['Running Time min']],
      ...[row['Production Budget'], row['US Gross'], row['Worldwide Gross'], row['US DVD Sales']],
      ...[row['Rotten Tomatoes Rating'], row['IMDB Rating'], row['IMDB Votes']],
    ];
  }
}

const COLUMNS = [
  ...['id', 'title', 'about', 'genre', 'creative_type', 'based_on'],
  ...['director', 'distributor', 'mpaa_rating', 'released', 'minutes'],
  ...['budget', 'us_gross', 'worldwide_gross', 'us_dvd_sales'],
  ...['rotten_tomatoes', 'imdb_rating', 'imdb_votes'],
];

async function* documents(): AsyncIterable<Readonly<Record<string, unknown>>> {
  for await (const cells of films()) yield Object.fromEntries(COLUMNS.map((column, i) => [column, cells[i]]));
}

/** What the film's fields say, in sentences. */
function about(row: FilmRow): string {
  const sentences: readonly (readonly [before: string, value: string | null])[] = [
    ['', row['Major Genre']],
    ['', row['Creative Type']],
    ['', row.Source],
    ['Directed by ', row.Director],
    ['Distributed by ', row.Distributor],
    ['Rated ', row['MPAA Rating']],
    ['Released in ', row['Release Date'].slice(-4)],
  ];
  return sentences.flatMap(([before, value]) => (value === null ? [] : [`${before}${value}.`])).join(' ');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function day(written: string): string {
  const [month, date, year] = written.split(' ');
  return `${year}-${String(MONTHS.indexOf(month!) + 1).padStart(2, '0')}-${date}`;
}
