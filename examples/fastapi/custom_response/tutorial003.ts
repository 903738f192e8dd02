import { App, HTMLResponse } from "vivace";

export const app = new App({ title: "FastAPI" });

const page = `
    <html>
        <head>
            <title>Some HTML in here</title>
        </head>
        <body>
            <h1>Look ma! HTML!</h1>
        </body>
    </html>
    `;

app.get("/items/", function read_items() {
	return new HTMLResponse(page, { status: 200 });
});
