/** The style sheet of the start page: in the page, and in its policy by its hash. */
export const START_STYLE = `
:root { color-scheme: light dark; --ink: #1c2733; --dim: #5a6773; --line: #dde3e9; --page: #f6f8fa; --card: #fff; --accent: #1f4e8c; --good: #176b3a; --good-back: #dff3e6; --bad: #a1241b; --bad-back: #fbe4e1; --odd: #7a5200; --odd-back: #fbf0d5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf0; --dim: #9aa7b4; --line: #2e3a47; --page: #12181f; --card: #1a222c; --accent: #8fbcf2; --good: #7fd8a2; --good-back: #173826; --bad: #ff9d94; --bad-back: #431d1a; --odd: #f0c66b; --odd-back: #3c2f12; } }
* { box-sizing: border-box; }
body { background: var(--page); color: var(--ink); font: 16px/1.5 Roboto, system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; margin: 0; }
main { margin: 0 auto; max-width: 54rem; padding: 2.5rem 1.5rem 4rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0; }
header p { color: var(--dim); margin: .25rem 0 1.25rem; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; }
h3 { align-items: center; display: flex; flex-wrap: wrap; font-size: 1.1rem; gap: .6rem; margin: 0; overflow-wrap: anywhere; }
a { color: var(--accent); }
nav { align-items: center; display: flex; flex-wrap: wrap; gap: 1.25rem; }
nav .first { background: var(--accent); border-radius: .4rem; color: var(--page); font-weight: 600; padding: .5rem 1rem; text-decoration: none; }
code { font-family: "Fira Code", ui-monospace, "DejaVu Sans Mono", monospace; font-size: .875em; }
.source { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; margin-bottom: 1rem; padding: 1rem 1.25rem; }
.status { border-radius: 1rem; font-size: .75rem; font-weight: 600; letter-spacing: .03em; padding: .1rem .6rem; background: var(--odd-back); color: var(--odd); }
.status.up { background: var(--good-back); color: var(--good); }
.status.down { background: var(--bad-back); color: var(--bad); }
.facts { color: var(--dim); margin: .25rem 0 0; }
.error { background: var(--bad-back); border-radius: .4rem; color: var(--bad); margin: .75rem 0 0; overflow-wrap: anywhere; padding: .5rem .75rem; }
details { margin-top: .75rem; }
summary { color: var(--dim); cursor: pointer; }
details ul { margin: .4rem 0 0; padding-left: 1.25rem; overflow-wrap: anywhere; }
.problems b { font-weight: 600; }
.entities ul { columns: 14rem; list-style: none; padding: 0; }
.hints { margin: 0; padding-left: 1.25rem; }
.hints li { margin-bottom: .4rem; }
`;
