/** The look of the page about the lifespan: the colours and letters of Swagger UI, in light and dark. */
export const lifespanStyle = `
:root {
	--page: #fafafa; --card: #fff; --text: #3b4151; --soft: #6b7280; --line: #e5e7eb; --grid: #eef0f3;
	--blue: #61affe; --green: #49cc90; --amber: #fca130; --red: #f93e3e; --wait: #c9ced8; --crit: #3b4151;
	--shadow: 0 1px 2px rgb(0 0 0 / 15%);
}
@media (prefers-color-scheme: dark) {
	:root {
		--page: #1c2022; --card: #24292d; --text: #e4e6e6; --soft: #9aa3ab; --line: #3a4147; --grid: #2e3439;
		--blue: #4c9be8; --green: #3fb77f; --amber: #e0922f; --red: #ea5455; --wait: #566069; --crit: #e4e6e6;
		--shadow: 0 1px 2px rgb(0 0 0 / 40%);
	}
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 14px/1.5 "Open Sans", system-ui, sans-serif; }
header, main { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 36px; position: relative; }
h1 { margin: 0; font-size: 34px; line-height: 1.2; overflow-wrap: anywhere; }
h1 small { font-size: 12px; font-weight: 600; vertical-align: super; padding: 3px 10px; border-radius: 57px; background: #7d8492; color: #fff; white-space: nowrap; }
header p { margin: 8px 0 0; color: var(--soft); }
header p b { color: var(--text); margin-right: .6em; }
nav { margin-top: 6px; }
a { color: #4990e2; text-decoration: none; }
a:hover { text-decoration: underline; }
main { padding-bottom: 60px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 6px; box-shadow: var(--shadow); margin-top: 24px; padding: 18px 22px 22px; }
h2 { margin: 0 0 12px; font-size: 20px; }
.empty p { margin: 0; color: var(--soft); max-width: 60ch; }
.scroll { overflow-x: auto; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0 0 14px; padding: 0; color: var(--soft); font-size: 12px; }
.legend li { display: flex; align-items: center; gap: 7px; }
.legend i { position: static; width: 22px; height: 12px; border-radius: 3px; }
.legend i.on { height: 3px; }
.legend i.crit { width: 12px; border: 2px solid var(--crit); background: none; border-radius: 3px; }
.axis, .row { display: grid; grid-template-columns: minmax(110px, 210px) 1fr; gap: 14px; }
.axis .track { height: 22px; }
.row { align-items: center; border-radius: 4px; outline-offset: 1px; }
.row:hover, .row:focus-visible { background: color-mix(in srgb, var(--blue) 9%, transparent); }
.name { display: flex; align-items: center; gap: 9px; min-width: 0; padding-left: 6px; }
.name span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 600; }
.dot { flex: none; width: 9px; height: 9px; border-radius: 50%; background: var(--wait); }
.track { position: relative; height: 34px; }
.track i { position: absolute; top: 9px; height: 16px; }
.track u { position: absolute; top: 20px; width: 1px; height: 4px; background: var(--line); text-decoration: none; }
.track u s { position: absolute; bottom: 4px; left: 0; transform: translateX(-50%); text-decoration: none; font-size: 11px; color: var(--soft); white-space: nowrap; }
.track u:first-child s { transform: none; }
.chart .row .track { border-top: 1px solid var(--grid); }
.wait { background: repeating-linear-gradient(-45deg, var(--wait) 0 2px, transparent 2px 6px); border-radius: 3px 0 0 3px; opacity: .85; }
.start { background: var(--blue); border-radius: 3px; }
.start.starting { background: linear-gradient(90deg, var(--blue), color-mix(in srgb, var(--blue) 25%, transparent)); }
.start.degraded { background: repeating-linear-gradient(-45deg, var(--amber) 0 5px, color-mix(in srgb, var(--amber) 55%, transparent) 5px 9px); }
.start.failed { background: var(--red); }
.critical .start, .crit { box-shadow: 0 0 0 2px var(--card), 0 0 0 4px var(--crit); }
.legend .crit { box-shadow: none; }
.on { background: var(--green); border-radius: 2px; }
.track .on { top: 15.5px; height: 3px; right: 0; opacity: .9; }
.track b { position: absolute; top: 50%; transform: translateY(-50%); margin-left: 9px; padding: 0 5px; background: var(--card); font-size: 12px; font-weight: 600; white-space: nowrap; line-height: 1.4; border-radius: 3px; }
.ready.dot, .badge.ready { background: var(--green); }
.starting.dot, .badge.starting { background: var(--blue); }
.degraded.dot, .badge.degraded { background: var(--amber); }
.failed.dot, .badge.failed { background: var(--red); }
.graph { display: block; margin: 4px auto; max-width: 100%; height: auto; font: inherit; }
.edge { fill: none; stroke: var(--wait); stroke-width: 1.6; }
.edge.critical { stroke: var(--crit); stroke-width: 2.2; }
.node { outline: none; cursor: default; }
.node rect { fill: var(--card); stroke: var(--line); stroke-width: 1.4; }
.node.critical rect:first-of-type { stroke: var(--crit); stroke-width: 2; }
.node .state { fill: var(--wait); stroke: none; }
.node.ready .state { fill: var(--green); }
.node.starting .state { fill: var(--blue); }
.node.degraded .state { fill: var(--amber); }
.node.failed .state { fill: var(--red); }
.node text { fill: var(--text); font-size: 13px; font-weight: 600; }
.node .small { fill: var(--soft); font-size: 11.5px; font-weight: 400; }
.node:focus-visible rect:first-of-type { stroke: var(--blue); stroke-width: 3; }
table { border-collapse: collapse; width: 100%; min-width: 720px; font-size: 13px; }
th, td { text-align: left; padding: 7px 12px 7px 0; border-bottom: 1px solid var(--grid); vertical-align: top; }
thead th { font-size: 12px; color: var(--soft); border-color: var(--line); }
tbody th { white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.number, th.number { padding-right: 20px; }
td em { color: var(--soft); font-style: normal; }
code { font: 12px/1.5 ui-monospace, "Source Code Pro", Menlo, Consolas, monospace; background: var(--grid); border-radius: 3px; padding: 1px 5px; white-space: nowrap; }
.badge { display: inline-block; min-width: 64px; text-align: center; border-radius: 3px; padding: 0 7px; font-size: 12px; font-weight: 700; color: #fff; background: #7d8492; }
.asked [data-name], .asked .edge { transition: opacity .12s; }
.asked [data-name]:not(.lit), .asked .edge:not(.lit) { opacity: .22; }
.asked .edge.lit { stroke: var(--blue); stroke-width: 2.2; }
@media (max-width: 640px) { header, main { padding: 0 12px; } header { padding-top: 20px; } section { padding: 14px; } .axis, .row { grid-template-columns: 104px 1fr; gap: 8px; } .track u:nth-child(even) s { display: none; } .track b { margin-left: 5px; padding: 0 3px; } h1 { font-size: 28px; } }
`;

/** Lights what belongs together when the pointer or the focus is on a resource. */
export const lifespanScript = `
const main = document.querySelector("main");
function show(element) {
	const name = element?.closest?.("[data-name]")?.dataset.name;
	const lit = new Set(relations.get(name));
	main.classList.toggle("asked", name !== undefined);
	for (const each of main.querySelectorAll("[data-name]")) each.classList.toggle("lit", lit.has(each.dataset.name));
	for (const each of main.querySelectorAll(".edge")) each.classList.toggle("lit", lit.has(each.dataset.from) && lit.has(each.dataset.to));
}
main.addEventListener("pointerover", (event) => show(event.target));
main.addEventListener("pointerleave", () => show(document.activeElement));
main.addEventListener("focusin", (event) => show(event.target));
main.addEventListener("focusout", () => show(undefined));
`;
