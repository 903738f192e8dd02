/**
 * The types of forms: those that the compiler infers, and programs that it must refuse. Nothing here runs: `npm run types` is the test.
 */
import * as v from "valibot";
import { z } from "zod";
import {
	App,
	dependency,
	File,
	Form,
	Query,
	type ReceivedForm,
	UploadFile,
} from "../../src/index.ts";
import { exactly } from "./exactly.ts";

const app = new App();

app.post(
	"/{id}",
	{
		text: Form(z.string()),
		day: Form(z.date().nullish()),
		list: Form(z.array(z.int())),
		bytes: File(),
		described: File(undefined, { description: "…" }),
		maybeBytes: File(z.instanceof(Uint8Array).nullish()),
		upload: UploadFile,
		one: File(z.file().max(3)),
		maybe: File(z.file().optional()),
		many: File(z.array(z.file())),
		some: File(z.set(z.file())),
		valibot: File(v.array(v.file())),
		bare: z.file(),
	},
	(values) => {
		exactly<string>()(values.id);
		exactly<string>()(values.text);
		exactly<Date | null | undefined>()(values.day);
		exactly<number[]>()(values.list);
		exactly<Uint8Array>()(values.bytes);
		exactly<Uint8Array>()(values.described);
		exactly<Uint8Array<ArrayBuffer> | null | undefined>()(values.maybeBytes);
		exactly<UploadFile>()(values.upload);
		exactly<UploadFile>()(values.one);
		exactly<UploadFile | undefined>()(values.maybe);
		exactly<UploadFile[]>()(values.many);
		exactly<Set<UploadFile>>()(values.some);
		exactly<UploadFile[]>()(values.valibot);
		exactly<globalThis.File>()(values.bare);
	},
);

const Report = z.object({
	title: z.string(),
	tags: z.array(z.string()).default([]),
	picture: z.file().nullish(),
	pictures: z.array(z.file()),
	at: z.date(),
});

const report = dependency({ report: Form(Report) }, ({ report }) => report);

app.post("/", { report }, ({ report }, request) => {
	exactly<string>()(report.title);
	exactly<string[]>()(report.tags);
	exactly<UploadFile | null | undefined>()(report.picture);
	exactly<UploadFile[]>()(report.pictures);
	exactly<Date>()(report.at);
	exactly<Promise<ReceivedForm>>()(request.form());
	return request.parts().next();
});

// @ts-expect-error: aliases are the fields of a form's model, not of a file
File(z.file(), { aliases: { a: "b" } });
// @ts-expect-error: what is read from a query has no content to look at
Query(z.string(), { detectType: true });
// @ts-expect-error: a form field needs a schema
Form();
app.post("/wrong", { file: UploadFile }, ({ file }) => {
	// @ts-expect-error: it is written as JavaScript writes names
	file.content_type;
});
