import { jsonRows } from './data-file.js';
import type { Cell, Part } from './part.js';

/** The expressions of its indexes are those that searches in English ask. */
export const FILMS: Part = {
  present: 'films.film',
  told: '3,201 films, to be searched',
  tables: `
create table loading.film (
  id integer primary key, title text, about text not null, genre text, creative_type text, based_on text,
  director text, distributor text, mpaa_rating text, released date not null, minutes integer,
  budget bigint, us_gross bigint, worldwide_gross bigint, us_dvd_sales bigint,
  rotten_tomatoes integer, imdb_rating double precision, imdb_votes integer)`,
  rows: [{ table: 'film', read: films }],
  finish: `
create index on loading.film using gin (to_tsvector('english', title));
create index on loading.film using gin (to_tsvector('english', about));
create index on loading.film (genre);
create index on loading.film (released);
comment on table loading.film is 'Films (vega-datasets, movies.json, which has some mistakes on purpose); money in US dollars.';
comment on column loading.film.about is 'Genre, kind, origin, director, distributor, rating and year, as a text to be searched.';
comment on column loading.film.released is 'Day of release, as the file has it: of some old films a century late.';
comment on column loading.film.rotten_tomatoes is 'Rating from 0 to 100.';
comment on column loading.film.imdb_rating is 'Rating from 1 to 10.';
alter schema loading rename to films;
analyze films.film`,
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
      ...[i + 1, row.Title, about(row), row['Major Genre'], row['Creative Type'], row.Source],
      ...[row.Director, row.Distributor, row['MPAA Rating'], day(row['Release Date']), row['Running Time min']],
      ...[row['Production Budget'], row['US Gross'], row['Worldwide Gross'], row['US DVD Sales']],
      ...[row['Rotten Tomatoes Rating'], row['IMDB Rating'], row['IMDB Votes']],
    ];
  }
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
