import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { App, dependency, File, Form, RedirectResponse } from "vivace";
import { staticFiles } from "vivace/static";
import { templates } from "vivace/templates";
import { z } from "zod";

const Note = z.object({
	name: z.string().trim().min(1, "Please say who you are.").max(50),
	text: z.string().trim().min(5, "Please write a little more.").max(500),
});

/** An entry that a visitor has left. */
interface Entry extends z.infer<typeof Note> {
	readonly id: number;
	/** Name of the file; empty when there is none. */
	readonly picture: string;
}

/** The mistake in a field, by its name. */
type Mistakes = Partial<Record<"name" | "text" | "picture", string>>;

interface Pages {
	guestbook: {
		entries: readonly Entry[];
		given: { name: string; text: string };
		mistakes: Mistakes;
	};
}

const endings: Readonly<Record<string, string>> = {
	"image/gif": "gif",
	"image/jpeg": "jpg",
	"image/png": "png",
	"image/webp": "webp",
};

/**
 * A guest book whose pages are made on the server: without a session and without a script, which makes it smoother where there is one.
 *
 * @param pictures folder for the pictures that visitors send
 */
export function guestbook(pictures: string): App {
	mkdirSync(pictures, { recursive: true });
	const here = import.meta.dirname;
	const render = templates<Pages>(join(here, "templates"));
	const entries = dependency((): Entry[] => [], { scope: "app" });

	const app = new App({ title: "Guest book" });
	app.use(async (request, next) => {
		const response = await next(request);
		response.headers.set("content-security-policy", "default-src 'self'");
		response.headers.set("x-content-type-options", "nosniff");
		return response;
	});
	app.mount("/static", staticFiles(join(here, "static")), { name: "static" });
	app.mount("/pictures", staticFiles(pictures, { cache: "immutable" }), {
		name: "pictures",
	});

	app.get("/", { entries, render }, function read_entries({ entries, render }) {
		const given = { name: "", text: "" };
		return render("guestbook", { entries, given, mistakes: {} });
	});

	app.post(
		{ path: "/", limits: { fileBytes: 2_000_000 } },
		{
			// any text goes, so that the page says what is wrong rather than a 422 of JSON
			name: Form(z.string().default("")),
			text: Form(z.string().default("")),
			picture: File(z.file().nullish()),
			entries,
			render,
		},
		async function add_entry(
			{ name, text, picture, entries, render },
			request,
		) {
			const note = Note.safeParse({ name, text });
			// a browser sends a file without a name where none was chosen
			const sent = picture?.filename ? picture : undefined;
			const shown = (await sent?.detectedType()) ?? "";
			const mistakes: Mistakes = {
				...mistakesOf(note.error),
				...(sent &&
					!(shown in endings) && { picture: "Please choose a picture." }),
			};
			if (!note.success || mistakes.picture !== undefined) {
				const given = { name, text };
				const options = { status: 422 };
				return render("guestbook", { entries, given, mistakes }, options);
			}
			const file = sent ? pictureName(endings[shown] ?? "") : "";
			await sent?.saveTo(join(pictures, file));
			const id = entries.push({
				...note.data,
				id: entries.length + 1,
				picture: file,
			});
			const back = `${request.urlFor("read_entries")}#entry-${id}`;
			return new RedirectResponse(back, { status: 303 });
		},
	);
	return app;
}

/** A name of ours with a hash in it, so that clients may keep the picture. */
function pictureName(ending: string): string {
	return `picture.${randomUUID().replaceAll("-", "")}.${ending}`;
}

/** The first message for each field. */
function mistakesOf(error: z.ZodError<z.infer<typeof Note>> | undefined) {
	const fields = error ? z.flattenError(error).fieldErrors : {};
	return Object.fromEntries(
		Object.entries(fields).map(([name, messages]) => [name, messages[0]]),
	) as Mistakes;
}
