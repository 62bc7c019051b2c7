/** The page's own style: no font, picture or script from elsewhere. */
export const STYLE = `
:root { color-scheme: light; --ink: #1f2933; --quiet: #616e7c; --line: #e4e7eb; --accent: #0b7285; --warm: #d9480f; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.5rem 5rem; max-width: 60rem; color: var(--ink); background: #fff;
  font: 16px/1.65 system-ui, "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.35rem; margin: 3.25rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .4rem 0 1rem; max-width: 46rem; }
.quiet { color: var(--quiet); font-size: .9rem; }
.warn { border-left: 4px solid var(--warm); background: #fff4e6; padding: .6rem 1rem; }
.headline { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0; }
.headline div { flex: 1 1 7.5rem; padding: .7rem .9rem; border: 1px solid var(--line); border-radius: .5rem; }
.headline b { display: block; font-size: 1.55rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.headline .first { background: var(--accent); color: #fff; border-color: var(--accent); }
.headline .first span, .headline .first small { color: #fff; }
.headline span, .headline small { color: var(--quiet); font-size: .8rem; display: block; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
th { color: var(--quiet); font-weight: 500; }
th:first-child, td:first-child { text-align: left; white-space: normal; overflow-wrap: anywhere; }
figure { margin: 1rem 0; overflow-x: auto; }
figure svg { max-width: 100%; height: auto; display: block; }
figcaption { color: var(--quiet); font-size: .85rem; }
.miss { border: 1px solid var(--line); border-radius: .5rem; padding: .9rem 1.1rem; margin: 1rem 0; break-inside: avoid; }
.miss .sides { display: grid; grid-template-columns: 2fr 3fr; gap: 1.5rem; margin-top: .5rem; }
.miss h4 { margin: 0 0 .25rem; font-size: .8rem; font-weight: 500; color: var(--quiet); }
.miss ul { list-style: none; margin: 0; padding: 0; font-size: .9rem; }
.miss li { margin-bottom: .45rem; overflow-wrap: anywhere; line-height: 1.5; }
.tag { display: inline-block; padding: 0 .5rem; border-radius: 1rem; background: #edf2f7; font-weight: 500; }
.right .tag { background: #d3f9d8; color: #1b5e20; }
.wrong .tag { background: #ffe3d3; color: #8a2c0a; }
.why { color: var(--quiet); font-size: .83rem; }
mark { background: #fff3bf; color: inherit; }
@media (max-width: 40rem) { .miss .sides { grid-template-columns: 1fr; gap: .75rem; } }
`;
