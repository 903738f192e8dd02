import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { describe, it } from "node:test";
import { App, HTTPException } from "vivace";
import {
	hashPassword,
	needsRehash,
	oauth2PasswordRequestForm,
	verifyPassword,
} from "vivace/security";
import { TestClient } from "vivace/testing";
import { z } from "zod";

const hasArgon2 = typeof crypto.argon2 === "function";

/** Made by others: where, the password, the hash. */
const vectors: readonly (readonly [
	maker: string,
	password: string,
	hash: string,
])[] = [
	[
		"pwdlib, in FastAPI's tutorial",
		"secret",
		"$argon2id$v=19$m=65536,t=3,p=4$wagCPXjifgvUFBzq4hqe3w$CYaIb8sB+wtD+Vu/P4uod1+Qof8h+1g7bbDlBID48Rc",
	],
	[
		"argon2-cffi, in its introduction",
		"correct horse battery staple",
		"$argon2id$v=19$m=65536,t=3,p=4$MIIRqgvgQbgj220jfp0MPA$YfwJSVjtjSU0zzV/P3S9nnQ/USre2wvJMjfCIjrTQbg",
	],
	[
		"passlib, in its documentation",
		"password",
		"$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E",
	],
	[
		"RFC 7914 §12, as a text",
		"password",
		"$scrypt$ln=10,r=8,p=16$TmFDbA$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA",
	],
	[
		"Python's hashlib, of UTF-8",
		"pässwörd",
		"$scrypt$ln=4,r=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$Z0NdI5Uwe5b/UROXe9+QfTSDWRMRZYeTh4gv9KA7srE",
	],
	[
		"crypt_blowfish, among its own tests",
		"U*U",
		"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
	],
	[
		"PHP, in its manual",
		"rasmuslerdorf",
		"$2y$07$usesomesillystringfore2uDLvp1Ii2e./U9C8sBjqp8I90dH6hi",
	],
];

/** Of "pässwörd", and computed in no time. */
const cheap = vectors[4]?.[2] as string;

describe("verifyPassword", () => {
	for (const [maker, password, hash] of vectors) {
		const skip = hash.startsWith("$argon2") && !hasArgon2;
		it(`takes a hash of ${maker}`, { skip }, async () => {
			assert.equal(await verifyPassword(password, hash), true);
			assert.equal(await verifyPassword(`${password} `, hash), false);
			assert.equal(await verifyPassword("", hash), false);
			assert.equal(needsRehash(hash), true);
		});
	}

	it("takes what hashPassword gives, each time another text", async () => {
		const hash = await hashPassword("correct horse");
		assert.match(
			hash,
			hasArgon2
				? /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/
				: /^\$scrypt\$ln=17,r=8,p=1\$[\w+/]{22}\$[\w+/]{43}$/,
		);
		assert.equal(await verifyPassword("correct horse", hash), true);
		assert.equal(await verifyPassword("correct horsf", hash), false);
		assert.equal(needsRehash(hash), false);
		assert.notEqual(await hashPassword("correct horse"), hash);
	});

	it("is false without a hash, and takes as long", async () => {
		const hash = await hashPassword("x");
		for (const none of [undefined, null, ""]) {
			assert.equal(await verifyPassword("y", none), false);
		}
		const [known = 0, unknown = 0] = await leastMs([
			() => verifyPassword("y", hash),
			() => verifyPassword("y", undefined),
		]);
		assert.ok(unknown > known / 3, `${unknown} ms, ${known} ms with a hash`);
		assert.ok(unknown < known * 3, `${unknown} ms, ${known} ms with a hash`);
	});

	it("says of what is no hash that it is none, without showing it", async () => {
		for (const stored of [
			"swordfish",
			"$argon2id$v=19$m=1,t=1$c2FsdA$aGFzaA",
			"$argon2id$v=16$m=65536,t=3,p=4$wagCPXjifgvUFBzq4hqe3w$CYaIb8sB",
			"$argon2id$m=65536,t=3,p=4$wagCPXjifgvUFBzq4hqe3w$CYaIb8sB",
			"$scrypt$ln=0,r=8,p=1$c2FsdA$aGFzaA",
			"$scrypt$ln=4,r=1,p=1,x=1$c2FsdA$aGFzaA",
			"$pbkdf2-sha256$i=29000$c2FsdA$aGFzaA",
			"$2b$12$short",
		]) {
			await assert.rejects(
				verifyPassword("x", stored),
				(error: Error) =>
					error instanceof TypeError && !error.message.includes(stored),
			);
			assert.equal(needsRehash(stored), true);
		}
		await assert.rejects(verifyPassword(1 as never, cheap), /must be a text/);
		await assert.rejects(hashPassword(null as never), /must be a text/);
	});

	it("refuses with 503 what would wait too long, and goes on after", async () => {
		const results = await Promise.allSettled(
			Array.from({ length: 500 }, () => verifyPassword("pässwörd", cheap)),
		);
		const refused = results.flatMap((result) =>
			result.status === "rejected" ? [result.reason] : [],
		);
		assert.ok(refused.length >= 398 && refused.length < 400);
		for (const error of refused) {
			assert.ok(error instanceof HTTPException);
			assert.equal(error.status, 503);
			assert.deepEqual(error.headers, { "Retry-After": "1" });
		}
		assert.equal(await verifyPassword("pässwörd", cheap), true);
	});
});

/** The least processor time of each work, all threads, in milliseconds: other work on the machine and in this process can only add to it. */
async function leastMs(
	works: readonly (() => Promise<unknown>)[],
): Promise<number[]> {
	const times: number[][] = works.map(() => []);
	for (let round = 0; round < 7; round++) {
		for (const [index, work] of works.entries()) {
			const before = process.cpuUsage();
			await work();
			const { user, system } = process.cpuUsage(before);
			times[index]?.push((user + system) / 1000);
		}
	}
	return times.map((each) => Math.min(...each));
}

describe("a login by password", () => {
	const app = new App();
	app.post(
		"/token",
		{ form: oauth2PasswordRequestForm, q: z.int().optional() },
		async ({ form }) => {
			const known = form.username === "ada" ? cheap : undefined;
			if (await verifyPassword(form.password, known)) {
				return form;
			}
			throw new HTTPException(400, "Incorrect username or password");
		},
	);

	it("reads the form of OAuth 2", async () => {
		await using client = await TestClient.start(app);
		const form = {
			username: "ada",
			password: "pässwörd",
			scope: " a  b\tc ",
			client_id: "app",
		};
		const response = await client.post("/token", { form });
		assert.deepEqual(await response.json(), {
			grantType: null,
			username: "ada",
			password: "pässwörd",
			scopes: ["a", "b", "c"],
			clientId: "app",
			clientSecret: null,
		});
		const other = { ...form, username: "bob" };
		const wrong = { ...form, password: "swordfish" };
		const answers = await Promise.all(
			[other, wrong].map(async (form) =>
				(await client.post("/token", { form })).text(),
			),
		);
		assert.equal(answers[0], answers[1]);
	});

	it("never repeats the password", async () => {
		await using client = await TestClient.start(app);
		const form = {
			username: "",
			password: "swordfish",
			client_secret: "trout",
			grant_type: "code",
		};
		const response = await client.post("/token?q=x", { form });
		assert.equal(response.status, 422);
		assert.doesNotMatch(await response.text(), /swordfish|trout/);
	});
});
