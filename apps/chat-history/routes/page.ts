import { readFileSync } from "node:fs";
import { HTMLResponse, Router } from "vivace";

const page = readFileSync(
	new URL("../page/chat.html", import.meta.url),
	"utf8",
);

/**
 * A page on which people read and write a conversation, as long as it goes on.
 *
 * @param hearsOthers false where its events are those of this process alone, which it says then
 */
export function pageRoutes(hearsOthers: boolean): Router {
	const shown = hearsOthers
		? page
		: page.replace("<body>", '<body class="alone">');
	const router = new Router();
	router.get(
		{ path: "/chat", includeInSchema: false, public: true },
		function chat_page() {
			return new HTMLResponse(shown);
		},
	);
	return router;
}
