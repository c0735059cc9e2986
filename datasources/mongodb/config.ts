import { literal, object, text, whole, type Parsed } from '../../src/config/kinds.js';
import { engine, entities, resilience, timeouts } from '../../src/config/source.js';

const URL_ERROR = 'a URL with a database, such as "mongodb://user:password@host:27017/database"';

export const mongodbConfig = object({
  engine: engine('mongodb'),
  kind: literal('DOCUMENT').default('DOCUMENT').describe('What the source is read as.'),
  url: text(URL_ERROR)
    .refine(namesDatabase, { error: URL_ERROR })
    .describe(
      'Where it is: `mongodb://user:password@host:27017/database` or `mongodb+srv://…`, with the options of the connection string. Keep it out of the file by `${NAME}` or `file:/path`.',
    ),
  pool: whole(1, 1000, 'connections').default(10).describe('Connections at most for pages; streams have four more.'),
  sample: whole(1, 100_000, 'documents')
    .default(1_000)
    .describe('Documents of each collection that are read to infer its fields.'),
  timeouts: timeouts(),
  ...resilience(),
  ...entities(),
});

export type MongodbConfig = Parsed<typeof mongodbConfig>;

/** Several hosts may be named, which no parser of URLs takes. */
function namesDatabase(url: string): boolean {
  return /^mongodb(?:\+srv)?:\/\/[^/?#]+\/[^/?#\s]+(?:\?\S*)?$/.test(url);
}
