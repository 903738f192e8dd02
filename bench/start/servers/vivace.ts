import { App, Body, Path, Query } from "vivace";
import { measurePhases } from "./phases.ts";
import { routeCount, routeSchemas } from "./schemas.ts";

const app = new App();

await measurePhases({
	declare() {
		for (let index = 0; index < routeCount; index += 1) {
			const { id, query, body, answer } = routeSchemas(index);
			app.put(
				{ path: `/items${index}/{id}`, response: answer },
				{ id: Path(id), query: Query(query), item: Body(body) },
				({ id, item }) => ({ id, ...item }),
			);
		}
	},
	start: () => app.start(),
	document: () => app.openapi(),
	stop: () => app.stop(),
});
