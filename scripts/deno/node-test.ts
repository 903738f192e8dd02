/**
 * Stands for `node:test` on Deno (see `import-map.json`), which can't leave out tests by name: those whose names begin with one of
 * `VIVACE_TEST_EXCEPT`, a list as JSON, are skipped.
 */
import * as nodeTest from "node:test";

const exceptions: readonly string[] = JSON.parse(
	process.env.VIVACE_TEST_EXCEPT ?? "[]",
);

export const after: typeof nodeTest.after = nodeTest.after;
export const afterEach: typeof nodeTest.afterEach = nodeTest.afterEach;
export const before: typeof nodeTest.before = nodeTest.before;
export const beforeEach: typeof nodeTest.beforeEach = nodeTest.beforeEach;
export const describe: typeof nodeTest.suite = withExceptions(nodeTest.suite);
export const it: typeof nodeTest.test = withExceptions(nodeTest.test);
export const mock: typeof nodeTest.mock = nodeTest.mock;
export const suite: typeof nodeTest.suite = withExceptions(nodeTest.suite);
export const test: typeof nodeTest.test = withExceptions(nodeTest.test);

function withExceptions<
	Declare extends typeof nodeTest.test | typeof nodeTest.suite,
>(declare: Declare): Declare {
	return new Proxy(declare, {
		apply(target, self, args) {
			const [name] = args;
			const isExcepted = exceptions.some((start) => name.startsWith(start));
			return Reflect.apply(isExcepted ? target.skip : target, self, args);
		},
	});
}
