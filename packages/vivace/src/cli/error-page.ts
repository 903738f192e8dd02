import { escapeHtml } from "../http/html-text.ts";
import type {
	ErrorReport,
	ReportedError,
	ReportedRoute,
} from "./error-report.ts";
import { frameText, type StackFrame } from "./own-stack.ts";

/** The page of `vivace dev` for an error that nothing has handled; needs nothing from anywhere, and runs no script. */
export function errorPage({ errors, request, route }: ErrorReport): string {
	const [first] = errors;
	const title = escapeHtml(first?.name ?? "Error");
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: ${escapeHtml(request)}</title>
<style>${style}</style>
</head>
<body>
<p class="request">${escapeHtml(request)}</p>
${errors.map(errorSection).join("\n<h2>Caused by</h2>\n")}
${route === undefined ? "" : routeSection(route)}
<p class="note">This page is shown by <code>vivace dev</code> alone. Elsewhere a client gets 500 without a word of what happened.</p>
</body>
</html>
`;
}

function errorSection({
	name,
	message,
	own,
	foreign,
	excerpt,
}: ReportedError): string {
	const [place] = own;
	const source =
		excerpt === undefined || place === undefined
			? ""
			: `<p class="place">${escapeHtml(frameText(place))}</p>
<pre>${excerpt.lines
					.map((line, index) =>
						sourceLine(line, excerpt.start + index, place.line),
					)
					.join("")}</pre>`;
	return `<section>
<h1><span class="name">${escapeHtml(name)}</span> ${escapeHtml(message)}</h1>
${source}
${own.length > 1 ? frameList(own.slice(1)) : ""}
${foreign.length === 0 ? "" : foreignFrames(foreign)}
</section>`;
}

function sourceLine(line: string, number: number, marked: number): string {
	const kind = number === marked ? ' class="marked"' : "";
	return `<span${kind}><i>${number}</i> ${escapeHtml(line)}\n</span>`;
}

function frameList(frames: readonly StackFrame[]): string {
	const items = frames.map(
		(frame) => `<li>${escapeHtml(frameText(frame))}</li>`,
	);
	return `<ul>${items.join("")}</ul>`;
}

function foreignFrames(frames: readonly StackFrame[]): string {
	return `<details><summary>Packages and the runtime: ${frames.length}</summary>${frameList(frames)}</details>`;
}

function routeSection(route: ReportedRoute): string {
	const rows: readonly (readonly [string, readonly string[]])[] = [
		["Path", [route.path]],
		["Handler", route.name === "" ? ["without a name"] : [route.name]],
		["Parameters", route.parameters],
		["Dependencies", route.dependencies],
	];
	const cells = rows
		.filter(([, values]) => values.length > 0)
		.map(
			([name, values]) =>
				`<tr><th>${name}</th><td>${values.map(escapeHtml).join("<br>")}</td></tr>`,
		);
	return `<h2>Route</h2>\n<table>${cells.join("")}</table>`;
}

const style = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; font-weight: 500; overflow-wrap: anywhere; white-space: pre-wrap; }
h1 .name { color: light-dark(#b3261e, #ff8a80); font-weight: 700; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
pre, .place, .request, li, td, code { font-family: ui-monospace, monospace; font-size: .875rem; }
pre { background: light-dark(#f5f5f5, #1e1e1e); border-radius: 8px; overflow-x: auto; padding: .75rem 0; tab-size: 4; }
pre span { display: block; padding: 0 .75rem; min-width: max-content; }
pre i { display: inline-block; width: 3rem; color: #888; font-style: normal; text-align: right; padding-right: .75rem; user-select: none; }
pre .marked { background: light-dark(#fde0dc, #5c1f1a); }
ul { padding-left: 1.25rem; }
li, .request, td { overflow-wrap: anywhere; }
details, .note, th { color: light-dark(#555, #aaa); }
th { text-align: left; vertical-align: top; font-weight: 500; padding-right: 1.5rem; }
.note { font-size: .875rem; margin-top: 3rem; }
`;
