import {
	App,
	dependency,
	type Logger,
	type Request,
	RequestValidationError,
	requestValidationHandler,
} from "vivace";
import { database, databaseUnavailable, session } from "vivace/kysely";
import { cors } from "vivace/middleware";
import { conversationRoutes } from "./routes/conversations.ts";
import { originalRoutes } from "./routes/original.ts";
import type { ChatSettings } from "./settings.ts";
import { CursorError } from "./storage/cursor.ts";
import { KeyReusedError, MessageStore } from "./storage/message-store.ts";
import { migrations } from "./storage/migrations.ts";
import type { ChatTables } from "./storage/tables.ts";

/** The service, told its settings; `logger` takes what its operators should know. Default: the console. */
export function createApp(
	settings: ChatSettings,
	logger: Logger = console,
): App {
	const log = (line: string) => logger.warn(line);
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

	const app = new App({
		title: "Chat history",
		description: "Stores what users and assistants say, and gives it back.",
		version: "1.0.0",
		health: true,
		logger,
	});
	app.use(
		cors({
			allowOrigins: settings.corsOrigins,
			allowMethods: ["*"],
			allowHeaders: ["*"],
			exposeHeaders: ["Idempotent-Replayed", "Retry-After"],
		}),
		databaseUnavailable({ log }),
	);
	app.exceptionHandler(CursorError, (request, error) =>
		refuse(request, error, ["query", "cursor"]),
	);
	app.exceptionHandler(KeyReusedError, (request, error) =>
		refuse(request, error, ["header", "idempotency-key"]),
	);
	app.include(originalRoutes(messages));
	app.include(conversationRoutes(messages, session(chat, { log })));
	return app;
}

/** What is wrong with a parameter beyond its schema is answered in the same shape. */
function refuse(request: Request, error: Error, loc: readonly string[]) {
	const problem = { type: "value_error", loc, msg: error.message };
	return requestValidationHandler(
		request,
		new RequestValidationError([problem]),
	);
}
