import { App, HTMLResponse } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get(
	{ path: "/items/", responseClass: HTMLResponse },
	function read_items() {
		return `
    <html>
        <head>
            <title>Some HTML in here</title>
        </head>
        <body>
            <h1>Look ma! HTML!</h1>
        </body>
    </html>
    `;
	},
);
