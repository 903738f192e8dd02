import { AsyncLocalStorage } from "node:async_hooks";
import { type Dependency, dependency } from "vivace";
import { type DatabaseDependency, session } from "vivace/database";
import type { Prisma, PrismaClient } from "./dist/client.ts";

type Transaction = Prisma.TransactionClient;

/**
 * A client that means the request's transaction, and the dependency that gives a request one. Prisma collects reads by a key (`findUnique`)
 * of the same moment, of all requests, into one statement: only those of one transaction of its own stay among themselves.
 */
export function prismaUnit(
	bank: DatabaseDependency<object>,
	prisma: PrismaClient,
): {
	readonly db: PrismaClient;
	readonly unit: Dependency<Transaction, "function">;
} {
	const current = new AsyncLocalStorage<Transaction>();
	const target = () => (current.getStore() ?? prisma) as PrismaClient;

	/** One within another is a savepoint; what its function calls is in it, too. */
	const transaction = (work: unknown, options?: never) =>
		typeof work === "function"
			? target().$transaction(
					(inner) => current.run(inner, () => work(inner)),
					options,
				)
			: target().$transaction(work as never, options);

	const db = new Proxy(prisma, {
		get: (_, name) =>
			name === "$transaction" ? transaction : Reflect.get(target(), name),
	});

	const unit = dependency(
		{ own: session(bank) },
		async function* unit() {
			// Prisma's transactions last as long as a function that it calls: this one waits for the handler.
			const begun = Promise.withResolvers<Transaction>();
			const handled = Promise.withResolvers<void>();
			const ended = prisma.$transaction(
				(inner) => {
					begun.resolve(inner);
					return handled.promise;
				},
				{ timeout: 3_600_000 }, // the session has a limit of its own
			);
			ended.catch(begun.reject);
			const inner = await begun.promise;
			try {
				yield inner;
			} catch (error) {
				handled.reject(error);
				await ended.catch(() => undefined); // the handler's error is the one to be seen
				throw error;
			}
			handled.resolve();
			await ended;
		},
		{ scope: "function", around: (inner, next) => current.run(inner, next) },
	);
	return { db, unit };
}
