import { App, HTMLResponse } from "vivace";

export const app = new App({ title: "FastAPI" });

function makePage(): HTMLResponse {
	return new HTMLResponse(`
    <html>
        <head>
            <title>Some HTML in here</title>
        </head>
        <body>
            <h1>Look ma! HTML!</h1>
        </body>
    </html>
    `);
}

app.get(
	{ path: "/items/", responseClass: HTMLResponse },
	function read_items() {
		return makePage();
	},
);
