import assert from "node:assert/strict";
import { join } from "node:path";
import { suite, test } from "node:test";
import {
	App,
	BackgroundTasks,
	type Request,
	SetupError,
} from "../../src/index.ts";
import { staticFiles } from "../../src/static.ts";
import {
	type TemplateEngine,
	TemplateResponse,
	type TemplatesOptions,
	templates,
} from "../../src/templates.ts";
import { TestClient } from "../../src/testing.ts";
import { folderWith, quiet } from "../static/folder.ts";

/** The text that a template makes of a context, over a request to `/?q=1`. */
async function rendered(
	files: Readonly<Record<string, string>>,
	context: Readonly<Record<string, unknown>> = {},
	options: TemplatesOptions = {},
): Promise<string> {
	await using folder = await folderWith(files);
	const render = templates(folder.path, options);
	const app = new App({ logger: quiet });
	app.get("/", { render }, ({ render }) => render("home", context));
	app.get("/items/{id}", function read_item({ id }) {
		return { id };
	});
	app.mount("/static", staticFiles(folder.path), { name: "static" });
	await using client = await TestClient.start(app);
	return (await client.get("/?q=1")).text();
}

suite("a template", () => {
	test("is answered as HTML", async () => {
		await using folder = await folderWith({
			"home.eta": "<h1>Hello <%= it.user %></h1>",
		});
		const render = templates(folder.path);
		const app = new App();
		app.get("/", { render }, ({ render }) => render("home", { user: "Ada" }));
		await using client = await TestClient.start(app);
		const response = await client.get("/");
		assert.equal(response.status, 200);
		assert.equal(
			response.headers.get("content-type"),
			"text/html; charset=utf-8",
		);
		assert.equal(await response.text(), "<h1>Hello Ada</h1>");
	});

	test("escapes what it prints, unless it says otherwise", async () => {
		const text = await rendered(
			{ "home.eta": "<%= it.x %> <%~ it.x %>" },
			{ x: `<a href="'">&</a>` },
		);
		const escaped = "&lt;a href=&quot;&#39;&quot;&gt;&amp;&lt;/a&gt;";
		assert.equal(text, `${escaped} <a href="'">&</a>`);
	});

	test("prints nothing for what is not there", async () => {
		const text = await rendered(
			{ "home.eta": "[<%= it.none %>|<%~ it.nothing %>|<%= it.zero %>]" },
			{ nothing: null, zero: 0 },
		);
		assert.equal(text, "[||0]");
	});

	test("knows the request and the addresses of routes", async () => {
		const text = await rendered({
			"home.eta":
				'<%= it.request.search %> <%= it.urlFor("read_item", { id: 5 }) %> <%= it.urlFor("static", { path: "/a.css" }) %>',
		});
		assert.equal(
			text,
			"?q=1 http://testserver/items/5 http://testserver/static/a.css",
		);
	});

	test("includes others and stands in a layout, from its own folder or the topmost", async () => {
		const text = await rendered({
			"page.eta": "<main><%~ it.body %></main>",
			"home.eta":
				'<% layout("./page") %><%~ include("parts/list", { n: 2 }) %>',
			"parts/list.eta": '<%~ include("./row") %><%~ include("/parts/row") %>',
			"parts/row.eta": "(<%= it.n %>)",
		});
		assert.equal(text, "<main>(2)(2)</main>");
	});

	test("has the name of its file, or that without .eta", async () => {
		await using folder = await folderWith({
			"item.html": "html",
			"item.eta": "eta",
			"sub/a.b.txt": "txt",
		});
		const render = templates(folder.path);
		const app = new App();
		app.get("/{name:path}", { render }, ({ render, name }) => render(name));
		await using client = await TestClient.start(app);
		const texts = await Promise.all(
			["item.html", "item", "item.eta", "sub/a.b.txt"].map(async (name) =>
				(await client.get(`/${name}`)).text(),
			),
		);
		assert.deepEqual(texts, ["html", "eta", "eta", "txt"]);
	});

	test("of several folders is that of the first that has it", async () => {
		await using own = await folderWith({ "row.eta": "own row" });
		await using theme = await folderWith({
			"home.eta": '<%~ include("row") %>, <%~ include("cell") %>',
			"row.eta": "the theme's row",
			"cell.eta": "the theme's cell",
		});
		const render = templates([own.path, theme.path]);
		const app = new App();
		app.get("/", { render }, ({ render }) => render("home"));
		await using client = await TestClient.start(app);
		assert.equal(
			await (await client.get("/")).text(),
			"own row, the theme's cell",
		);
	});
});

suite("context processors", () => {
	const user = (request: Request) => ({ user: request.search, a: 1, b: 1 });
	const later = async () => ({ b: 2, c: 2 });
	const files = {
		"home.eta": "<%= [it.user, it.a, it.b, it.c].join(' ') %>",
	};

	test("add to each template; later ones win, and the handler over all", async () => {
		assert.equal(
			await rendered(files, { c: 3 }, { context: [user, later] }),
			"?q=1 1 2 3",
		);
		assert.equal(await rendered(files, {}, { context: user }), "?q=1 1 1 ");
	});

	test("that are none are refused", () => {
		for (const context of [7, [user, "x"]]) {
			assert.throws(
				() => templates(import.meta.dirname, { context: context as never }),
				/context must be a function of the request, or a list of them/,
			);
		}
	});
});

suite("the answer of a template", () => {
	test("has status, headers, media type and background of its own", async () => {
		await using folder = await folderWith({ "feed.eta": "<rss/>" });
		const render = templates(folder.path);
		const done: string[] = [];
		const app = new App();
		app.get(
			"/",
			{ render, tasks: BackgroundTasks },
			async ({ render, tasks }) => {
				tasks.add(() => done.push("task"));
				const page = await render(
					"feed",
					{},
					{
						status: 201,
						headers: { "x-own": "1" },
						mediaType: "application/rss+xml",
						background: () => done.push("background"),
					},
				);
				page.setCookie("seen", "1");
				return page;
			},
		);
		await using client = await TestClient.start(app);
		const { status, headers } = await client.get("/");
		assert.equal(status, 201);
		assert.equal(headers.get("content-type"), "application/rss+xml");
		assert.equal(headers.get("x-own"), "1");
		assert.match(headers.get("set-cookie") ?? "", /^seen=1/);
		assert.deepEqual(done.toSorted(), ["background", "task"]);
	});

	test("says which template has made it, and of what", async () => {
		await using folder = await folderWith({ "home.eta": "x" });
		const render = templates(folder.path);
		const app = new App();
		const seen: unknown[] = [];
		app.get(
			{
				path: "/",
				routeMiddleware: [
					async (request, next) => {
						const page = await next(request);
						seen.push(page.headers.get("x-template"));
						return page;
					},
				],
			},
			{ render },
			async ({ render }) => {
				const page = await render("home", { user: "Ada" });
				assert.ok(page instanceof TemplateResponse);
				assert.equal(page.template, "home");
				assert.equal(page.context.user, "Ada");
				assert.equal(page.context.request.path, "/");
				page.headers.set("x-template", page.template);
				return page;
			},
		);
		await using client = await TestClient.start(app);
		await client.get("/");
		assert.deepEqual(seen, ["home"]);
	});

	test("can be had without a request, for a mail, as long as none is read", async () => {
		await using folder = await folderWith({
			"mail.eta": "Dear <%= it.name %>",
			"link.eta": "<%= it.request.url %>",
		});
		const render = templates(folder.path);
		const app = new App({ logger: quiet });
		app.get("/", { render }, ({ render }) => render("mail"));
		const mail = await app.scope({ render }, ({ render }) =>
			render("mail", { name: "Ada" }),
		);
		assert.equal(mail.body, "Dear Ada");
		await assert.rejects(
			app.scope({ render }, ({ render }) => render("link")),
			/link\.eta:1[\s\S]*VIV_SCOPE/,
		);
	});
});

suite("a template that is wrong", () => {
	const broken = {
		"an open tag stops the start": [
			"a\nb <%= it.x",
			/home\.eta:2:3: unclosed tag/,
		],
		"an open string stops the start": [
			"<%= it.x %>\n\n<%= 'x %>",
			/home\.eta:3:\d+: unclosed/,
		],
		"an expression stops the start": [
			"a\n\n<%= it.x + %>\n<%= 1 %>",
			/home\.eta:3: /,
		],
		"a statement stops the start": [
			"a\n<% if (it.x { %>\n<% } %>",
			/home\.eta:[23]: /,
		],
		"an open brace stops the start": [
			"a\n<% if (it.x) { %>\nb\n",
			/home\.eta:\d: /,
		],
	} as const;

	for (const [name, [text, message]] of Object.entries(broken)) {
		test(`${name}, with its line`, async () => {
			await using folder = await folderWith({ "home.eta": text });
			const render = templates(folder.path);
			const app = new App({ logger: quiet });
			app.get("/", { render }, ({ render }) => render("home"));
			await assert.rejects(app.start(), (error: Error) => {
				assert.match(error.message, /templates\(/);
				assert.match(String((error.cause as Error).message), message);
				return true;
			});
		});
	}

	for (const [name, files, message] of [
		[
			"fails",
			{ "home.eta": "a\nb\n<%= it.user.name %>" },
			/home\.eta:3\n[\s\S]*>> 3\| <%= it\.user\.name %>[\s\S]*Cannot read prop|undefined/,
		],
		[
			"fails in what it includes",
			{
				"home.eta": "a\n<%~ include('row') %>",
				"row.eta": "\n\n<%= it.x.y %>",
			},
			/home\.eta:2\n[\s\S]*row\.eta:3\n/,
		],
		[
			"names a route that is not there",
			{ "home.eta": "\n<%= it.urlFor('nope') %>" },
			/home\.eta:2\n[\s\S]*there is no route "nope"/,
		],
		[
			"includes one that is not there",
			{ "home.eta": "<%~ include('nope') %>" },
			/home\.eta:1\n[\s\S]*there is no template "nope\.eta"; there are home\.eta\./,
		],
		[
			"is not there",
			{ "other.eta": "" },
			/there is no template "home\.eta"; there are other\.eta\./,
		],
	] as const) {
		test(`and ${name} is a 500 that says where in the log`, async () => {
			await using folder = await folderWith(files);
			const render = templates(folder.path);
			const errors: unknown[] = [];
			const app = new App({
				logger: { ...quiet, error: (_, error) => errors.push(error) },
			});
			app.get("/", { render }, ({ render }) => render("home"));
			await using client = await TestClient.start(app, {
				throwServerErrors: false,
			});
			const response = await client.get("/");
			assert.equal(response.status, 500);
			assert.equal(await response.text(), "Internal Server Error");
			assert.match((errors[0] as Error).message, message);
		});
	}

	test("is not reached outside of the folder", async () => {
		await using folder = await folderWith({
			"views/home.eta": "home",
			"secret.eta": "secret",
		});
		const render = templates(join(folder.path, "views"));
		const app = new App({ logger: quiet });
		app.get("/{name:path}", { render }, ({ render, name }) => render(name));
		await using client = await TestClient.start(app, {
			throwServerErrors: false,
		});
		for (const name of [
			"..%2fsecret",
			"%2e%2e%2f%2e%2e%2fsecret.eta",
			"x%00",
		]) {
			const response = await client.get(`/${name}`);
			assert.equal(response.status, 500, name);
		}
	});
});

suite("a template that changes", () => {
	async function twice(reload: boolean | undefined, environment?: string) {
		const before = process.env.NODE_ENV;
		await using folder = await folderWith({
			"home.eta": "one<%~ include('row') %>",
			"row.eta": "1",
		});
		if (environment !== undefined) {
			process.env.NODE_ENV = environment;
		}
		const render = templates(
			folder.path,
			reload === undefined ? {} : { reload },
		);
		if (before === undefined) {
			delete process.env.NODE_ENV;
		} else {
			process.env.NODE_ENV = before;
		}
		const app = new App({ logger: quiet });
		app.get("/{name}", { render }, ({ render, name }) => render(name));
		await using client = await TestClient.start(app);
		const texts = [await (await client.get("/home")).text()];
		await folder.write("home.eta", "two<%~ include('row') %>");
		await folder.write("row.eta", "2");
		await folder.write("new.eta", "new");
		texts.push(await (await client.get("/home")).text());
		texts.push(await (await client.get("/new")).text());
		return texts;
	}

	test("is compiled once", async () => {
		assert.deepEqual(await twice(undefined), ["one1", "one1", "new"]);
		assert.deepEqual(await twice(false, "development"), [
			"one1",
			"one1",
			"new",
		]);
	});

	test("is compiled again in development, and where that is asked for", async () => {
		assert.deepEqual(await twice(true), ["one1", "two2", "new"]);
		assert.deepEqual(await twice(undefined, "development"), [
			"one1",
			"two2",
			"new",
		]);
	});
});

suite("an engine of one's own", () => {
	test("is given folders and names, and renders names and contexts", async () => {
		await using folder = await folderWith({
			"b.txt": "b",
			"a/a.txt": "a",
			".hidden": "",
			".git/config": "",
		});
		const opened: unknown[] = [];
		const engine: TemplateEngine = {
			open(templateFolder) {
				opened.push(templateFolder);
				return {
					render: async (name, { request, ...context }) =>
						`${name} ${Object.keys(context)}`,
				};
			},
		};
		const render = templates<{ "b.txt": { user: string }; plain: object }>(
			folder.path,
			{ engine },
		);
		const app = new App();
		app.get("/", { render }, ({ render }) => render("b.txt", { user: "x" }));
		app.get("/plain", { render }, ({ render }) => render("plain"));
		await using client = await TestClient.start(app);
		assert.equal(await (await client.get("/")).text(), "b.txt urlFor,user");
		assert.equal(await (await client.get("/plain")).text(), "plain urlFor");
		assert.deepEqual(opened, [
			{
				directories: [folder.path],
				names: ["a/a.txt", "b.txt"],
				reload: false,
			},
		]);
	});

	test("that is none is refused", () => {
		assert.throws(
			() => templates(import.meta.dirname, { engine: "jinja2" as never }),
			/engine must be an engine, with a method open\(\), got "jinja2"/,
		);
	});
});

test("a folder that is not there is told when it is named", () => {
	assert.throws(() => templates("/nonexistent/templates"), {
		name: "SetupError",
		message:
			/^VIV_OPTION: templates\("\/nonexistent\/templates"\): there is no folder/,
	});
	assert.throws(() => templates([]), SetupError);
});

test("the names of templates and what they are given are typed", () => {
	const declare = () => {
		const render = templates<{ home: { user: string }; plain: object }>("x");
		const app = new App();
		app.get("/", { render }, ({ render }) => render("home", { user: "Ada" }));
		app.get("/p", { render }, ({ render }) => render("plain"));
		// @ts-expect-error there is no such template
		app.get("/a", { render }, ({ render }) => render("other", {}));
		// @ts-expect-error it needs a user
		app.get("/b", { render }, ({ render }) => render("home"));
		// @ts-expect-error a user is a text
		app.get("/c", { render }, ({ render }) => render("home", { user: 1 }));
	};
	assert.equal(typeof declare, "function");
});
