import { flag, list, literal, object, text, whole, type Parsed } from '../../src/config/kinds.js';
import { engine, entities, resilience, timeouts } from '../../src/config/source.js';

const URL_FORM = 'a URL such as "https://user:password@host:9200"';

export const elasticsearchConfig = object({
  engine: engine('elasticsearch'),
  kind: literal('SEARCH').default('SEARCH').describe('What the source is read as.'),
  url: text(URL_FORM)
    .refine((url) => URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol), { error: URL_FORM })
    .describe('Where it is: `https://user:password@host:9200`. Keep it out of the file by `${NAME}` or `file:/path`.'),
  apiKey: text().optional().describe('An API key (encoded), instead of user and password.'),
  caFingerprint: text()
    .optional()
    .describe(
      "SHA-256 fingerprint of the authority that signed the cluster's certificate, when the system does not know it.",
    ),
  indices: list(text())
    .min(1, { error: 'a list of at least one pattern' })
    .default(['*'])
    .describe(
      'Names or patterns (`logs-*`) of indices, aliases and data streams to read. Hidden ones and those of the system are left out.',
    ),
  sample: whole(0, 10_000, 'documents')
    .default(100)
    .describe('Documents of each index that are looked at for lists, which a mapping does not tell.'),
  pool: whole(1, 1000, 'requests').default(10).describe('Requests at the same time at most.'),
  timeouts: timeouts(),
  ...resilience(),
  ...entities(
    {},
    {
      list: flag()
        .optional()
        .describe(
          'Whether documents hold several values here; `false` where the documents looked at say otherwise. Fields of objects by path: `owner.names`.',
        ),
    },
  ),
});

export type ElasticsearchConfig = Parsed<typeof elasticsearchConfig>;
