import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { requestOpener } from "../../src/http/incoming.ts";
import { defaultLimits } from "../../src/http/limits.ts";
import { WebExchange } from "../../src/http/web-exchange.ts";

interface Known {
	readonly routePath: string;
	readonly rawPath?: string;
	readonly pairs?: readonly string[];
}

const targets: Readonly<Record<string, Known>> = {
	"/": { routePath: "/" },
	"/a?b=1&c=+": { routePath: "/a", pairs: ["b", "1", "c", " "] },
	"/a?b=/?": { routePath: "/a", pairs: ["b", "/?"] },
	"/api/a%20b?c": {
		routePath: "/a%20b",
		rawPath: "/api/a%20b",
		pairs: ["c", ""],
	},
	"http://a/b?c=1": { routePath: "/b", pairs: ["c", "1"] },
	"http://a?c=1": { routePath: "/", pairs: ["c", "1"] },
	"*": { routePath: "*" },
};

suite("an exchange knows of its request what the request says of itself", () => {
	for (const [target, known] of Object.entries(targets)) {
		test(target, async () => {
			const { routePath, rawPath = routePath, pairs = [] } = known;
			const init = { method: "POST", body: "body" };
			const exchange = new WebExchange(
				new globalThis.Request("http://a/", init),
			);
			Object.assign(exchange.source, { target }); // as a server's may be
			exchange.begin({
				exitTimeoutMs: 0,
				rootPath: "/api",
				logger: console,
				track: (end) => end(),
			});
			exchange.pathTexts = ["7"];
			exchange.pathNames = ["id"];
			exchange.isRouted = true;
			assert.equal(exchange.routePath, routePath);
			assert.deepEqual(exchange.queryPairs, pairs);
			const bytes = exchange.bytes(100);

			const open = requestOpener(() => ({
				app: undefined,
				state: {},
				limits: defaultLimits,
				rootPath: "/api",
			}));
			const request = open(exchange);
			assert.equal(open(exchange), request);
			assert.equal(open(request), request);
			assert.equal(request.rawPath, rawPath);
			assert.equal(request.routePath, routePath);
			assert.equal(request.queryPairs, exchange.queryPairs);
			assert.deepEqual({ ...request.pathParams }, { id: "7" });
			assert.equal(request.isRouted, true);
			assert.equal(request.bodyUsed, true);
			assert.equal(await request.bytes(), await bytes);
			assert.equal(await request.text(), "body");
		});
	}
});
