/** A file of a test: as it is (`new File([bytes], "a.png", { type: "image/png" })`), or its content, which is named `upload`. */
export type TestFile = Blob | Uint8Array<ArrayBuffer> | string;

/** The fields of a form: a list gives a field for each of its values. */
export type TestForm =
	| Readonly<Record<string, string | readonly string[]>>
	| FormData;

export type TestFiles = Readonly<
	Record<string, TestFile | readonly TestFile[]>
>;

/** The body of a form: multipart where there are files or it is a `FormData` already, else urlencoded. */
export function formBody(
	form: TestForm | undefined,
	files: TestFiles | undefined,
): FormData | URLSearchParams {
	if (files === undefined) {
		return form instanceof FormData ? form : urlencoded(form ?? {});
	}
	const body = new FormData();
	const fields =
		form instanceof FormData ? form.entries() : urlencoded(form ?? {});
	for (const [name, value] of fields) {
		body.append(name, value as string); // a file is as right, which the types of some runtimes don't say
	}
	for (const [name, value] of Object.entries(files)) {
		for (const file of listOf(value)) {
			if (file instanceof File) {
				body.append(name, file);
			} else {
				const type = file instanceof Blob ? file.type : "";
				body.append(name, new File([file], "upload", { type }));
			}
		}
	}
	return body;
}

function urlencoded(fields: Exclude<TestForm, FormData>): URLSearchParams {
	return new URLSearchParams(
		Object.entries(fields).flatMap(([name, value]) =>
			listOf(value).map((each): [string, string] => [name, each]),
		),
	);
}

function listOf<Value extends string | object>(
	value: Value | readonly Value[],
): readonly Value[] {
	return Array.isArray(value) ? value : [value as Value];
}
