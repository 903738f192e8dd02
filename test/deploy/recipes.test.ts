import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { findProgram } from "../../packages/vivace/test/support/find-program.ts";
import { root } from "../source-files.ts";
import { recipe } from "./recipe.ts";

const run = promisify(execFile);
const files = globSync("**/*", {
	cwd: join(root, "deploy"),
	withFileTypes: true,
})
	.filter((entry) => entry.isFile())
	.map(({ parentPath, name }) =>
		join(parentPath, name)
			.slice(join(root, "deploy/").length)
			.replaceAll("\\", "/"),
	)
	.sort();

test("the guide shows each file of deploy/ as it is", () => {
	const page = readFileSync(
		join(root, "docs/guide/deployment-recipes.md"),
		"utf8",
	);
	const shown = Array.from(
		page.matchAll(/^```\w+ \[deploy\/([^\]]+)\]\n([\s\S]*?)^```$/gm),
		([, path, text]) => [path, text],
	);
	assert.deepEqual(
		Object.fromEntries(shown),
		Object.fromEntries(files.map((path) => [path, recipe(path)])),
	);
});

test("new projects have the Dockerfile of the recipe", () => {
	const template = "packages/create-vivace/templates/shared/Dockerfile";
	assert.equal(
		readFileSync(join(root, template), "utf8"),
		recipe("Dockerfile"),
	);
});

test("systemd finds nothing wrong with the units", {
	skip:
		findProgram("systemd-analyze") || process.env.VIVACE_NO_SKIP === "1"
			? false
			: "install systemd",
}, async () => {
	const folder = await mkdtemp(join(tmpdir(), "vivace-units-"));
	try {
		const dropIns = join(folder, "shop@.service.d");
		await mkdir(dropIns);
		await writeFile(join(dropIns, "socket.conf"), recipe("nginx/socket.conf"));
		// an instance has to have a name, and its program to be there
		for (const [unit, name] of [
			["shop@.service", "shop@8001.service"],
			["shop.service", "shop.service"],
			["shop.socket", "shop.socket"],
		] as const) {
			const text = recipe(`systemd/${unit}`);
			await writeFile(
				join(folder, name),
				text.replace("/usr/bin/node", process.execPath),
			);
		}
		const verify = (...units: readonly string[]) =>
			run("systemd-analyze", ["verify", ...units], { cwd: folder });
		const { stderr } = await verify(
			"./shop@8001.service",
			"./shop.service",
			"./shop.socket",
		);
		assert.equal(ofOurs(stderr), "");
		// it would tell: otherwise this test could not fail
		const wrong = recipe("systemd/shop.service").replace(
			"KillMode=mixed",
			"KillMode=some",
		);
		await writeFile(join(folder, "wrong.service"), wrong);
		const told = await verify("./wrong.service").catch((error) => error);
		assert.match(told.stderr, /wrong\.service.*kill mode/i);
	} finally {
		await rm(folder, { recursive: true });
	}
});

/** The machine's own units are looked at too. */
function ofOurs(lines: string): string {
	return lines
		.split("\n")
		.filter((line) => /\bshop\b/.test(line))
		.join("\n");
}

test("probes, ports and time limits of the manifests fit the app and each other", () => {
	const [deployment, service] = parseAllDocuments(
		recipe("kubernetes/shop.yaml"),
	).map((document) => document.toJS());
	const { spec } = deployment.spec.template;
	const [container] = spec.containers;
	const probes = ["startupProbe", "readinessProbe", "livenessProbe"].map(
		(name) => container[name].httpGet,
	);
	assert.deepEqual(probes, [
		{ path: "/readyz", port: "http" },
		{ path: "/readyz", port: "http" },
		{ path: "/livez", port: "http" },
	]);
	assert.deepEqual(container.ports, [{ name: "http", containerPort: 8000 }]);
	assert.equal(service.spec.ports[0].targetPort, "http");
	assert.deepEqual(service.spec.selector, deployment.spec.selector.matchLabels);
	const hookSeconds = container.lifecycle.preStop.sleep.seconds;
	assert.ok(
		spec.terminationGracePeriodSeconds >= hookSeconds + wholeStopSeconds + 5,
	);
	for (const name of ["postgres", "mariadb"]) {
		const [composed] = parseAllDocuments(recipe(`compose/${name}.yaml`)).map(
			(document) => document.toJS(),
		);
		const { app, migrate, [name]: database } = composed.services;
		assert.ok(Number.parseInt(app.stop_grace_period, 10) >= wholeStopSeconds);
		assert.deepEqual(migrate.command, spec.initContainers[0].command);
		assert.equal(
			migrate.environment.DATABASE_URL,
			app.environment.DATABASE_URL,
		);
		assert.equal(new URL(app.environment.DATABASE_URL).hostname, name);
		assert.ok(database.healthcheck);
	}
	for (const unit of ["shop@.service", "shop.service"]) {
		const [, seconds] = /TimeoutStopSec=(\d+)/.exec(
			recipe(`systemd/${unit}`),
		) as RegExpExecArray;
		assert.ok(Number(seconds) >= wholeStopSeconds);
	}
});

/** The time limits of a stop as they are unless they are set, and 5 s: the table in the guide's page about deployment. */
const wholeStopSeconds = 95;
