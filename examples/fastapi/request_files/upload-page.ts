import { HTMLResponse } from "vivace";

/** A page with a form for each of the two paths that take files. */
export function uploadPage(): HTMLResponse {
	return new HTMLResponse(`
<body>
${form("/files/")}
${form("/uploadfiles/")}
</body>
    `);
}

function form(action: string): string {
	return `<form action="${action}" enctype="multipart/form-data" method="post">
<input name="files" type="file" multiple>
<input type="submit">
</form>`;
}
