const TOKEN = /"(?:[^"]|"")*"|'(?:[^']|'')*'|\s+|[(),]|[^\s(),"']+|./g;
/** Words that begin a line of a statement. */
const CLAUSE = new Set([
  'from',
  'where',
  'group',
  'having',
  'order',
  'limit',
  'offset',
  'union',
  'cross',
  'left',
  'inner',
  'join',
]);
/** Words before which `join` or `all` goes on the line that they began. */
const LEADS = new Set(['cross', 'left', 'inner', 'lateral']);

/** Words after which a bracket holds conditions. */
const CONDITIONS = new Set(['where', 'on', 'having', 'and', 'or', 'not']);

interface Frame {
  readonly indent: number;
  /** What a bracket holds: a statement with clauses, conditions that `and` and `or` join, or a list that stays on its line. */
  readonly holds: 'statement' | 'conditions' | 'list';
}

/** A statement with its clauses on lines of their own, sub-selects indented. Nothing but white space changes. */
export function sqlLines(text: string): string {
  const tokens = text.match(TOKEN) ?? [];
  const frames: Frame[] = [{ indent: 0, holds: 'statement' }];
  let out = '';
  let lineIndent = 0;
  let before = '';
  let between = false;
  const breakLine = (indent: number): void => {
    out = `${out.trimEnd()}\n${' '.repeat(indent)}`;
    lineIndent = indent;
  };
  tokens.forEach((token, i) => {
    const frame = frames.at(-1)!;
    const word = token.toLowerCase();
    if (token.trim() === '') {
      out += ' ';
      return;
    }
    if (token === '(') {
      const statement = /^(?:select|with)$/i.test(tokens[i + 1] ?? '');
      const holds = statement ? 'statement' : CONDITIONS.has(before) ? 'conditions' : 'list';
      frames.push({ indent: lineIndent + 2, holds });
      out += token;
      if (statement) breakLine(lineIndent + 2);
    } else if (token === ')' && frames.length > 1) {
      frames.pop();
      if (frame.holds === 'statement') breakLine(frame.indent - 2);
      out += token;
    } else if (frame.holds === 'statement' && CLAUSE.has(word) && !LEADS.has(before) && out !== '') {
      breakLine(frame.indent);
      out += token;
    } else if (frame.holds !== 'list' && (word === 'and' || word === 'or') && !between) {
      breakLine(frame.holds === 'statement' ? frame.indent + 2 : frame.indent);
      out += token;
    } else out += token;
    if (word === 'between') between = true;
    else if (word === 'and') between = false;
    before = word;
  });
  return out;
}
