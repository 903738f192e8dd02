import type { App } from "../app/app.ts";
import { hasMigrations } from "../database/has-migrations.ts";
import { describeFailure } from "../server/lifecycle/failure-text.ts";
import type { Finding } from "./check-finding.ts";

/** Migrations that are pending, on each database of the app: a note where the app runs them when it starts. One that has run and is missing is an error. A database that can't be asked is a warning. */
export async function migrationFindings({
	resources,
}: App): Promise<Finding[]> {
	const databases = resources.filter(hasMigrations);
	if (databases.length === 0) {
		return [];
	}
	const { migrateResources } = await import("../database/migrate-app.ts");
	const findings: Finding[] = [];
	for (const resource of databases) {
		try {
			const [database] = await migrateResources([resource], "status");
			const status = database?.status ?? [];
			const missing = status.filter(({ isMissing }) => isMissing);
			if (missing.length > 0) {
				findings.push({
					level: "error",
					text: `${resource.label}: ${missing.map(({ name }) => name).join(", ")} ${missing.length === 1 ? "has" : "have"} run and can't be found in the program; vivace db migrate refuses until ${missing.length === 1 ? "it is" : "they are"} there again`,
				});
			}
			const pending = status.filter(
				({ executedAt }) => executedAt === undefined,
			);
			if (pending.length > 0) {
				const names = pending.map(({ name }) => name).join(", ");
				const what = `${resource.label}: ${names} ${pending.length === 1 ? "is" : "are"} pending`;
				findings.push(
					database?.runsAtStart
						? {
								level: "note",
								text: `${what}; the app runs ${pending.length === 1 ? "it" : "them"} when it starts`,
							}
						: { level: "error", text: `${what}; run vivace db migrate` },
				);
			}
		} catch (error) {
			findings.push({
				level: "warning",
				text: `${resource.label} could not be asked: ${describeFailure(error)}; --no-database leaves it out`,
			});
		}
	}
	return findings;
}
