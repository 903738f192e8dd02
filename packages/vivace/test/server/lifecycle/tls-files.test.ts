import assert from "node:assert/strict";
import { chmodSync, mkdtempDisposableSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, type TestContext, test } from "node:test";
import {
	tlsVersion,
	watchTlsFiles,
} from "../../../src/server/lifecycle/tls-files.ts";
import { installCertificate } from "../tls-files.ts";

/** Files of one's own, and the looks at them, each a second later. */
function watched(context: TestContext) {
	const folder = mkdtempDisposableSync(join(tmpdir(), "vivace-tls-"));
	const tls = {
		cert: join(folder.path, "cert"),
		key: join(folder.path, "key"),
	};
	const install = (name: string) => installCertificate(name, tls);
	install("first");
	context.mock.timers.enable({ apis: ["setInterval"] });
	const look = () => context.mock.timers.tick(1000);
	const dispose = () => {
		context.mock.timers.reset();
		folder.remove();
	};
	return { tls, install, look, [Symbol.dispose]: dispose };
}

suite("the files of a certificate", () => {
	test("are renewed once when both have been left alone for a second", (context) => {
		using files = watched(context);
		let count = 0;
		const version = tlsVersion(files.tls);
		const end = watchTlsFiles(files.tls, version, () => ++count > 0);
		files.look();
		files.look();
		assert.equal(count, 0);
		files.install("second");
		files.look();
		assert.equal(count, 0);
		for (let looks = 0; looks < 3; looks++) {
			files.look();
			assert.equal(count, 1);
		}
		end();
		files.install("first");
		files.look();
		files.look();
		assert.equal(count, 1);
	});

	test("that change while they are read are read again", (context) => {
		using files = watched(context);
		let count = 0;
		const version = tlsVersion(files.tls);
		files.install("second");
		const end = watchTlsFiles(files.tls, version, () => ++count > 0);
		files.look();
		files.look();
		end();
		assert.equal(count, 1);
	});

	test("are tried again each second until they can be used", (context) => {
		using files = watched(context);
		const outcomes = [false, false, true];
		const version = tlsVersion(files.tls);
		const end = watchTlsFiles(
			files.tls,
			version,
			() => outcomes.shift() ?? assert.fail("renewed once more"),
		);
		files.install("second");
		for (let looks = 0; looks < 6; looks++) {
			files.look();
		}
		end();
		assert.deepEqual(outcomes, []);
	});

	test("are renewed when they have been made readable", (context) => {
		using files = watched(context);
		let count = 0;
		const { key } = files.tls;
		const { ctimeMs } = statSync(key);
		const version = tlsVersion(files.tls);
		const end = watchTlsFiles(files.tls, version, () => ++count > 0);
		while (statSync(key).ctimeMs === ctimeMs) {
			chmodSync(key, 0o600); // the system's clock for files is coarse
		}
		files.look();
		files.look();
		end();
		assert.equal(count, 1);
	});
});
