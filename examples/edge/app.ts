import { App, BackgroundTasks, dependency } from "vivace";

/** Stands for a client of a store far away: acquired once for each instance of the program. */
const visits = dependency(
	async () => ({ count: 0, reported: 0, since: new Date() }),
	{ scope: "app" },
);

export const app = new App({ title: "Edge" });

app.get("/", { visits, tasks: BackgroundTasks }, ({ visits, tasks }) => {
	visits.count += 1;
	tasks.add(() => {
		visits.reported += 1;
	});
	return { visit: visits.count, reported: visits.reported };
});

interface Context {
	/** Has the instance live on until a promise is settled. */
	waitUntil(promise: Promise<unknown>): void;
}

let started: Promise<void> | undefined;

export default {
	async fetch(
		request: Request,
		_env: unknown,
		context: Context,
	): Promise<Response> {
		started ??= app.start();
		try {
			await started;
		} catch (error) {
			started = undefined; // the next request tries again
			throw error;
		}
		return app.fetch(request, {
			waitUntil: (promise) => context.waitUntil(promise),
		});
	},
};
