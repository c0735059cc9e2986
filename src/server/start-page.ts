import type { SourceOverview } from './overview.js';
import { escapeHtml as esc, hashSource, ICON, type ContentPolicy } from './page.js';
import { START_STYLE } from './start-style.js';

/** No script at all, and the one style sheet that is in it. */
export const START_POLICY: ContentPolicy = { 'style-src': hashSource(START_STYLE) };

/** What a browser shows at `/`. Whatever comes from a store or the configuration is escaped. */
export function startPage(sources: readonly SourceOverview[] | null): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trainyard</title>
${ICON}
<style>${START_STYLE}</style>
</head>
<body>
<main>
<header>
<h1>Trainyard</h1>
<p>One typed GraphQL schema over the stores behind this gateway.</p>
<nav>
<a class="first" href="/playground">Open the playground</a>
<a href="/graphql?query=%7Bsources%7Bname%20kind%20engine%20problems%7Bsubject%20message%7D%7D%7D">/graphql</a>
<a href="/readyz">/readyz</a>
<a href="/livez">/livez</a>
</nav>
</header>
<h2>Sources</h2>
${sourceList(sources)}
<h2>Where to go on</h2>
<ul class="hints">
<li>The playground has commented examples, the documentation of every field, and the plan of what you ask.</li>
<li>Programs ask by <code>POST /graphql</code> with <code>application/json</code>, or by <code>GET</code> for queries.</li>
<li><code>docs/querying.md</code> tells how to filter, relate, order and aggregate; <code>docs/configuration.md</code> how to add a source; <code>docs/errors.md</code> what an error means.</li>
</ul>
</main>
</body>
</html>
`;
}

function sourceList(sources: readonly SourceOverview[] | null): string {
  if (sources === null) return '<p>The sources cannot be told now; <a href="/readyz">/readyz</a> may say more.</p>';
  if (sources.length === 0) return '<p>No source is configured; <code>docs/configuration.md</code> tells how.</p>';
  return sources.map(section).join('\n');
}

function section({ name, kind, engine, entities, problems, health }: SourceOverview): string {
  const status = health?.status ?? 'UNKNOWN';
  const facts = [
    esc(kind),
    esc(engine),
    counted(entities.length, 'entity', 'entities'),
    ...(health === null ? ['it has not told its health in time'] : [`${word(status)} since ${time(health.since)}`]),
    ...(typeof health?.latencyMs === 'number' ? [`answered in ${health.latencyMs.toFixed(1)} ms`] : []),
  ];
  return `<section class="source" data-source="${esc(name)}">
<h3>${esc(name)} <span class="status ${esc(status.toLowerCase())}">${esc(status)}</span></h3>
<p class="facts">${facts.join(' · ')}</p>
${health?.lastError ? `<p class="error"><b>Last error</b> ${esc(health.lastError)}</p>` : ''}
${problemList(problems)}
${entityList(entities)}
</section>`;
}

function problemList(problems: SourceOverview['problems']): string {
  if (problems.length === 0) return '';
  const items = problems.map(({ subject, message }) => `<li><b>${esc(subject)}</b> ${esc(message)}</li>`);
  return `<details class="problems" open><summary>${counted(problems.length, 'problem', 'problems')}</summary><ul>
${items.join('\n')}
</ul></details>`;
}

function entityList(entities: SourceOverview['entities']): string {
  if (entities.length === 0) return '';
  const items = entities.map(({ name }) => `<li><code>${esc(name)}</code></li>`);
  return `<details class="entities"${entities.length <= 20 ? ' open' : ''}><summary>Entities</summary><ul>
${items.join('\n')}
</ul></details>`;
}

function counted(n: number, one: string, many: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

function word(status: string): string {
  return status === 'UP' ? 'up' : status === 'DOWN' ? 'down' : 'unknown';
}

function time(iso: string): string {
  const short = iso.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC');
  return `<time datetime="${esc(iso)}">${esc(short)}</time>`;
}
