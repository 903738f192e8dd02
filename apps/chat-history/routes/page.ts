import { readFileSync } from "node:fs";
import { HTMLResponse, Router } from "vivace";

const page = readFileSync(
	new URL("../page/chat.html", import.meta.url),
	"utf8",
);

/**
 * A page on which people read and write a conversation, as long as it goes on.
 *
 * @param isToldByOthers false where what other processes store is found some seconds later, which it says then
 */
export function pageRoutes(isToldByOthers: boolean): Router {
	const shown = isToldByOthers
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
