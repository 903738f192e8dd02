import { App, dependency, type Logger, shortUniqueId } from "vivace";
import { database, databaseUnavailable, session } from "vivace/database";
import {
	RequestValidationError,
	requestValidationHandler,
} from "vivace/exceptions";
import { cors } from "vivace/middleware";
import { createGuard } from "./auth.ts";
import { createAnnouncing } from "./live/announcing.ts";
import { conversationRoutes } from "./routes/conversations.ts";
import { liveRoutes } from "./routes/live.ts";
import { originalRoutes } from "./routes/original.ts";
import { pageRoutes } from "./routes/page.ts";
import { textSchemas } from "./routes/schemas.ts";
import type { ChatSettings } from "./settings.ts";
import { MessageLog } from "./storage/message-log.ts";
import { KeyReusedError, MessageStore } from "./storage/message-store.ts";
import { migrations } from "./storage/migrations.ts";
import type { ChatTables } from "./storage/tables.ts";

/** The service, told its settings; `logger` takes what its operators should know. Default: the console. */
export function createApp(
	settings: ChatSettings,
	logger: Logger = console,
): App {
	const warn = (line: string) => logger.warn(line);
	const chat = database<ChatTables>(settings.database, {
		migrations,
		onStart: "run",
		retry: { times: settings.startTries - 1 },
	});
	const messages = dependency(
		{ chat },
		function messages({ chat }) {
			return new MessageStore(chat.db);
		},
		{ scope: "app" },
	);

	const log = dependency(
		{ chat },
		function log({ chat }) {
			return new MessageLog(chat.db);
		},
		{ scope: "app" },
	);
	const { redisUrl, livePollMs: pollMs } = settings;
	const { live, announce } = createAnnouncing(log, {
		redisUrl,
		pollMs,
		logger,
	});
	const guard = createGuard(settings.auth);

	const app = new App({
		requireSecurity: guard.isOn,
		title: "Chat history",
		description: "Stores what users and assistants say, and gives it back.",
		version: "1.0.0",
		openapiVersion: "3.1.0", // though streams name their items by a member of 3.2
		health: true,
		logger,
		// the handlers' names are the names of a client's functions
		generateUniqueId: shortUniqueId,
	});
	app.use(
		cors({
			allowOrigins: settings.corsOrigins,
			allowMethods: ["*"],
			allowHeaders: ["*"],
			exposeHeaders: ["Idempotent-Replayed", "Retry-After"],
		}),
		databaseUnavailable({ log: warn }),
	);
	// a key that was used is told in the shape of what is wrong with any other parameter
	app.exceptionHandler(KeyReusedError, (request, { message: msg }) => {
		const loc = ["header", "idempotency-key"];
		const problem = { type: "value_error", loc, msg };
		return requestValidationHandler(
			request,
			new RequestValidationError([problem]),
		);
	});
	const texts = textSchemas(settings.database);
	app.include(originalRoutes(messages, announce, texts, guard));
	// repeatable read would lock the gaps around what a delete finds, and those who store would wait for them
	app.include(
		conversationRoutes(
			messages,
			announce,
			session(chat, { log: warn, isolation: "read committed" }),
			texts,
			guard,
		),
	);
	app.include(liveRoutes(live, messages, texts, guard));
	app.include(pageRoutes(redisUrl !== undefined));
	return app;
}
