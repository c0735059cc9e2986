import { duration, list, literal, map, mapBy, object, oneOf, text, whole } from './kinds.js';

const JSON_TYPES = ['text', 'bool', 'int', 'bigint', 'float', 'decimal', 'json'] as const;
/** Names that GraphQL can hold; `__` is what joins them, and `isNull` is a condition. */
const JSON_NAME = String.raw`(?!isNull(?:\.|$))(?!__)[A-Za-z_](?:(?!__)\w)*`;
const JSON_PATH = new RegExp(String.raw`^${JSON_NAME}(?:\.${JSON_NAME})*$`);

const field = {
  rename: text().optional().describe('Name of the field in the schema.'),
  json: mapBy(JSON_PATH, 'names joined by dots, such as "user.id"', oneOf(JSON_TYPES))
    .optional()
    .describe(
      'Of a json column: what its objects hold, by dotted path, so that it can be filtered, ordered, grouped and measured. A value of another type counts as null.',
    ),
};

const entity = {
  rename: text().optional().describe('Name of the entity in the schema, instead of its own.'),
  key: list(text())
    .min(1, { error: 'a list of at least one field' })
    .optional()
    .describe('Native names of the fields that identify a row: for what has no primary key of its own, such as views.'),
  exclude: list(text()).optional().describe('Native names of fields that stay out of the schema.'),
  relations: map(text()).optional().describe('New names of relations, by the name that they would have.'),
};

/**
 * What can be said of the entities of any source. An engine adds what only it knows of an entity (`more`) and of a
 * field (`ofFields`).
 */
export function entities<More extends object = object, OfFields extends object = object>(
  more: More = {} as More,
  ofFields: OfFields = {} as OfFields,
) {
  const fields = map(object({ ...field, ...ofFields }))
    .optional()
    .describe('By native name of the field.');
  return {
    include: list(text())
      .optional()
      .describe('Only entities whose name matches one of these; `*` stands for any characters.'),
    exclude: list(text()).optional().describe('No entity whose name matches one of these.'),
    entities: map(object({ ...entity, fields, ...more }))
      .optional()
      .describe('What is said of single entities, by native name.'),
  };
}

/** The word that chooses an engine. */
export function engine<const T extends string>(word: T) {
  return literal(word).describe('Which engine reads the source.');
}

/** Time-outs of a source behind a network. */
export function timeouts() {
  return object({
    connect: duration().prefault('5s').describe('For a connection to be there.'),
    read: duration().prefault('30s').describe('For a query to answer; the store is told to cancel it then.'),
  })
    .prefault({})
    .describe('Durations: `250ms`, `5s`, `2m`.');
}

/** What is done when a source behind a network fails. */
export function resilience() {
  return {
    retries: whole(0, 10, 'attempts')
      .default(2)
      .describe('Further attempts, a moment later each, of a reading that could not reach the store.'),
    breaker: object({
      failures: whole(1, 1000, 'failures')
        .default(5)
        .describe('So many failures in a row, and the store is left alone: readings fail at once.'),
      rest: duration()
        .prefault('30s')
        .describe('For how long at most before one reading is tried; it begins at one second and doubles.'),
    })
      .prefault({})
      .describe('When a store that fails again and again is left alone.'),
  };
}
