import { mkdirSync, writeFileSync } from "node:fs";
import { before } from "node:test";
import { checkPort } from "./check-port.ts";
import { useWorkingFolder } from "./working-folder.ts";

useWorkingFolder();
before(() => {
	mkdirSync("static");
	mkdirSync("templates");
	writeFileSync("static/styles.css", "h1 { color: green; }");
	writeFileSync(
		"templates/item.html",
		"<a href=\"{{ url_for('read_item', id=id) }}\">{{ id }}</a> {{ url_for('static', path='/styles.css') }}",
	);
});

checkPort("templates.tutorial001", [
	[
		"GET /items/foo",
		200,
		'<a href="http://testserver/items/foo">foo</a> http://testserver/static/styles.css',
	],
	["GET /static/styles.css", 200, "h1 { color: green; }"],
]);
