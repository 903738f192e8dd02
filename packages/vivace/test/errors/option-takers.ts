import { Pool } from "pg";
import { assertDatabaseOptions } from "vivace-database";
import { z } from "zod";
import { MemoryBroker } from "../../src/broker/memory-broker.ts";
import { MessageText } from "../../src/channel/message-text.ts";
import { SharedTopics } from "../../src/channel/shared-topic.ts";
import { BrokerTopic } from "../../src/channel/topic.ts";
import { channel } from "../../src/channel.ts";
import {
	database,
	databaseUnavailable,
	openDatabase,
	pgPool,
	retryConflicts,
	retryUnit,
	session,
	withSession,
} from "../../src/database.ts";
import { lifespanHtml, redocHtml, swaggerUiHtml } from "../../src/docs.ts";
import {
	App,
	Body,
	Cookie,
	Depends,
	dependency,
	EventSourceResponse,
	encode,
	File,
	FileResponse,
	Form,
	Header,
	HTMLResponse,
	HTTPException,
	JSONResponse,
	jsonCompatible,
	OutgoingRouter,
	Path,
	PlainTextResponse,
	Query,
	RedirectResponse,
	Response,
	Router,
	Security,
	ServerSentEvent,
	StreamingResponse,
	serve,
	UploadFile,
} from "../../src/index.ts";
import { jsonLog } from "../../src/logging.ts";
import {
	compress,
	cors,
	csrf,
	securityHeaders,
	trustedHosts,
} from "../../src/middleware.ts";
import {
	cursorPageOf,
	limitOffsetPageOf,
	pageOf,
} from "../../src/pagination.ts";
import { redisBroker } from "../../src/redis.ts";
import { registerPathType } from "../../src/routing.ts";
import { aliased, camel, float, snake } from "../../src/schemas.ts";
import {
	apiKeyCookie,
	apiKeyHeader,
	apiKeyQuery,
	cookieSession,
	httpBase,
	httpBasic,
	httpBearer,
	httpDigest,
	jwtBearer,
	oauth2,
	oauth2AuthorizationCodeBearer,
	oauth2PasswordBearer,
	openIdConnect,
} from "../../src/security.ts";
import { settings } from "../../src/settings.ts";
import { staticFiles } from "../../src/static.ts";
import { templates } from "../../src/templates.ts";
import { TestClient } from "../../src/testing.ts";
import { SharedHurry } from "../../src/time/waiting.ts";

/** As JavaScript, or a spread, may pass them: the compiler would refuse them. */
export type Given = Record<string, unknown>;

/** A place that takes a record of options. */
export interface OptionTaker {
	/** How its messages begin. */
	readonly where: string;
	/** The public type of the options, where there is one. */
	readonly type?: string;
	/** Takes these options, beside those that it can't do without. */
	readonly take: (given: Given) => unknown;
	/** False where what is taken has consequences that a test can't have. Default: true. */
	readonly takesNone?: boolean;
}

const handler = () => null;
const page = { openapiUrl: "/openapi.json", title: "Shop" };
const memory = { sqlite: { path: ":memory:" } };
const Item = z.object({ id: z.int() });
const token = {
	algorithms: ["HS256"],
	secret: "a secret of at least 32 bytes, of course",
} as const;
const oddDigits = { pattern: /[13579]+/ };
const server = { user: "app", database: "shop" };

/** By entry and public name, all that takes a record of options; what a name gives has its own places there. */
export const takers: Readonly<
	Record<string, Readonly<Record<string, readonly OptionTaker[]>>>
> = {
	".": {
		App: [
			{ where: "App", type: "AppOptions", take: (given) => new App(given) },
			{
				where: "App: limits",
				type: "Limits",
				take: (limits) => new App({ limits }),
			},
			{
				where: "App: documents[0]",
				take: (given) =>
					new App({ documents: [{ openapiUrl: "/public.json", ...given }] }),
			},
			{ where: "app.openapi()", take: (given) => new App().openapi(given) },
			{ where: "App: health", take: (health) => new App({ health }) },
			{ where: "App: sockets", take: (sockets) => new App({ sockets }) },
			{
				where: "App: sockets: limits",
				take: (limits) => new App({ sockets: { limits } }),
			},
			{
				where: "WS /",
				take: (given) => new App().websocket({ path: "/", ...given }, () => {}),
			},
			{
				where: "WS /: limits",
				take: (limits) => new App().websocket({ path: "/", limits }, () => {}),
			},
			...verbs(() => new App()),
			{
				where: 'mount("/sub")',
				take: (given) => new App().mount("/sub", new App(), given),
			},
			{
				where: "include()",
				take: (given) => new App().include(new Router(), given),
			},
			{
				where: "app.start()",
				take: async (given) => {
					const app = new App();
					await app.start(given);
					await app.stop();
				},
			},
			{
				where: 'frontend("/")',
				type: "FrontendOptions",
				take: (given) =>
					new App().frontend("/", {
						directory: "none",
						checkDirectory: false,
						...given,
					}),
			},
			{ where: "app.stop()", take: (given) => new App().stop(given) },
		],
		Router: [
			{
				where: "Router",
				type: "RouterOptions",
				take: (given) => new Router(given),
			},
			{
				where: "Router: limits",
				take: (limits) => new Router({ limits }),
			},
			{
				where: "include()",
				take: (given) => new Router().include(new Router(), given),
			},
			...verbs(() => new Router()),
		],
		OutgoingRouter: [
			{ where: "OutgoingRouter", take: (given) => new OutgoingRouter(given) },
			{
				where: "POST {$request.body#/url}",
				take: (given) =>
					new OutgoingRouter().post({
						path: "{$request.body#/url}",
						name: "paid",
						...given,
					}),
			},
		],
		dependency: [
			{
				where: 'dependency "pool"',
				type: "DependencyOptions",
				take: (given) => dependency(function pool() {}, given),
			},
			{
				where: 'dependency "pool": security',
				take: (given) =>
					dependency(function pool() {}, {
						security: { name: "key", scheme: {}, ...given },
					}),
			},
			{
				where: 'dependency "pool": retry',
				type: "ResourceOptions",
				take: (retry) =>
					dependency(function pool() {}, {
						scope: "app",
						retry: { times: 1, ...retry },
					}),
			},
		],
		Depends: [
			{
				where: "Depends()",
				take: (given) => Depends(dependency(handler), given),
			},
		],
		Security: [
			{
				where: "Security()",
				take: (given) => Security(dependency(handler), [], given),
			},
		],
		encode: [
			{
				where: "encode()",
				take: (given) => encode(z.object({}), {}, given),
			},
		],
		jsonCompatible: [
			{
				where: "jsonCompatible()",
				take: (given) => jsonCompatible({}, given),
			},
		],
		UploadFile: [
			{ where: "UploadFile", take: (given) => new UploadFile([], "a", given) },
			{
				where: "saveTo()",
				take: (given) => new UploadFile([], "a").saveTo("/none/a", given),
				takesNone: false,
			},
		],
		Form: [{ where: "Form()", take: (given) => Form(z.object({}), given) }],
		File: [{ where: "File()", take: (given) => File(undefined, given) }],
		Path: [
			{
				where: "Path()",
				type: "ParameterOptions",
				take: (given) => Path(z.int(), given),
			},
		],
		Query: [{ where: "Query()", take: (given) => Query(z.int(), given) }],
		Header: [{ where: "Header()", take: (given) => Header(z.int(), given) }],
		Cookie: [{ where: "Cookie()", take: (given) => Cookie(z.int(), given) }],
		Body: [
			{
				where: "Body()",
				take: (given) => Body(z.object({}), given as { embed: boolean }),
			},
		],
		HTTPException: [
			{
				where: "HTTPException",
				type: "HTTPExceptionOptions",
				take: (given) => new HTTPException(404, "none", given),
			},
		],
		Response: [
			{
				where: "Response",
				type: "ResponseOptions",
				take: (given) => new Response(null, given),
			},
			{
				where: 'setCookie("seen")',
				take: (given) => new Response().setCookie("seen", "1", given),
			},
			{
				where: 'deleteCookie("seen")',
				take: (given) => new Response().deleteCookie("seen", given),
			},
			{
				where: "Page",
				take: (given) => {
					class Page extends Response {}
					return new Page("", given);
				},
			},
		],
		JSONResponse: [
			{ where: "JSONResponse", take: (given) => new JSONResponse({}, given) },
		],
		HTMLResponse: [
			{ where: "HTMLResponse", take: (given) => new HTMLResponse("", given) },
		],
		PlainTextResponse: [
			{
				where: "PlainTextResponse",
				take: (given) => new PlainTextResponse("", given),
			},
		],
		RedirectResponse: [
			{
				where: "RedirectResponse",
				take: (given) => new RedirectResponse("/", given),
			},
		],
		StreamingResponse: [
			{
				where: "StreamingResponse",
				take: (given) => new StreamingResponse([], given),
			},
		],
		FileResponse: [
			{ where: "FileResponse", take: (given) => new FileResponse("a", given) },
		],
		EventSourceResponse: [
			{
				where: "EventSourceResponse",
				take: (given) => new EventSourceResponse([], given),
			},
		],
		ServerSentEvent: [
			{
				where: "ServerSentEvent",
				take: (given) => new ServerSentEvent(given),
			},
		],
		serve: [
			{
				where: "serve",
				type: "ServeOptions",
				take: (given) => serve(new App(), { exit: false, ...given }),
				takesNone: false,
			},
		],
	},
	"./testing": {
		TestClient: [
			{
				where: "TestClient.start()",
				type: "TestClientOptions",
				take: async (given) => {
					await (await TestClient.start(new App(), given)).close();
				},
			},
			{
				where: "WS /",
				type: "TestSocketOptions",
				take: async (given) => {
					const app = new App();
					app.websocket("/", (_values, socket) => socket.accept());
					await using client = await TestClient.start(app);
					await using _ = await client.websocket("/", given);
				},
			},
			{
				where: "GET /",
				type: "TestRequest",
				take: async (given) => {
					await using client = await TestClient.start(new App());
					await client.get("/", given);
				},
			},
			{
				where: 'cookies.set("seen")',
				type: "TestCookieOptions",
				take: async (given) => {
					await using client = await TestClient.start(new App());
					client.cookies.set("seen", "1", given);
				},
			},
		],
	},
	"./middleware": {
		cors: [
			{ where: "cors()", type: "CorsOptions", take: (given) => cors(given) },
		],
		compress: [
			{
				where: "compress()",
				type: "CompressOptions",
				take: (given) => compress(given),
			},
		],
		csrf: [
			{ where: "csrf()", type: "CsrfOptions", take: (given) => csrf(given) },
		],
		securityHeaders: [
			{
				where: "securityHeaders()",
				type: "SecurityHeadersOptions",
				take: (given) => securityHeaders(given),
			},
		],
		trustedHosts: [
			{
				where: "trustedHosts()",
				type: "TrustedHostsOptions",
				take: (given) => trustedHosts({ allowedHosts: ["*"], ...given }),
			},
		],
	},
	"./docs": {
		swaggerUiHtml: [
			{
				where: "swaggerUiHtml()",
				type: "SwaggerUiOptions",
				take: (given) => swaggerUiHtml({ ...page, ...given }),
			},
		],
		redocHtml: [
			{
				where: "redocHtml()",
				type: "RedocOptions",
				take: (given) => redocHtml({ ...page, ...given }),
			},
		],
		lifespanHtml: [
			{
				where: "lifespanHtml()",
				type: "LifespanPageOptions",
				take: (given) =>
					lifespanHtml({ title: "Shop", resources: [], ...given }),
			},
		],
	},
	"./routing": {
		registerPathType: [
			{
				where: 'registerPathType("odd")',
				take: (given) =>
					registerPathType("odd", { ...oddDigits, ...given } as never),
				takesNone: false, // a process has each once
			},
		],
	},
	"./schemas": {
		float: [{ where: "float()", take: (given) => float(given) }],
		aliased: [{ where: "aliased()", take: (given) => aliased(Item, given) }],
		camel: [{ where: "camel()", take: (given) => camel(Item, given) }],
		snake: [{ where: "snake()", take: (given) => snake(Item, given) }],
	},
	"./security": {
		apiKeyHeader: [
			{
				where: "apiKeyHeader()",
				type: "ApiKeyOptions",
				take: (given) => apiKeyHeader({ name: "key", ...given }),
			},
		],
		apiKeyQuery: [
			{
				where: "apiKeyQuery()",
				take: (given) => apiKeyQuery({ name: "key", ...given }),
			},
		],
		apiKeyCookie: [
			{
				where: "apiKeyCookie()",
				take: (given) => apiKeyCookie({ name: "key", ...given }),
			},
		],
		cookieSession: [
			{
				where: "cookieSession()",
				type: "CookieSessionOptions",
				take: (given) =>
					cookieSession({ schema: Item, keys: [token.secret], ...given }),
			},
			{
				where: "cookieSession(), starlette",
				take: (given) =>
					cookieSession({
						schema: Item,
						keys: [token.secret],
						starlette: { secretKey: "x", ...given },
					}),
			},
		],
		jwtBearer: [
			{
				where: "jwtBearer()",
				type: "JwtBearerOptions",
				take: (given) => jwtBearer({ ...token, ...given }),
			},
			{
				where: "jwtBearer(), jwks",
				type: "JwksOptions",
				take: (given) =>
					jwtBearer({
						algorithms: ["RS256"],
						jwks: { url: "https://id.example/keys", ...given },
					}),
			},
		],
		httpBase: [
			{
				where: "httpBase()",
				type: "HTTPBaseOptions",
				take: (given) => httpBase({ scheme: "hmac", ...given }),
			},
		],
		httpBasic: [
			{
				where: "httpBasic()",
				type: "HTTPBasicOptions",
				take: (given) => httpBasic(given),
			},
		],
		httpBearer: [
			{
				where: "httpBearer()",
				type: "HTTPBearerOptions",
				take: (given) => httpBearer(given),
			},
		],
		httpDigest: [
			{
				where: "httpDigest()",
				type: "SchemeOptions",
				take: (given) => httpDigest(given),
			},
		],
		oauth2: [
			{
				where: "oauth2()",
				type: "OAuth2Options",
				take: (given) => oauth2(given),
			},
			{ where: "oauth2(): flows", take: (flows) => oauth2({ flows }) },
			{
				where: "oauth2(): flows: password",
				take: (password) => oauth2({ flows: { password } }),
			},
		],
		oauth2PasswordBearer: [
			{
				where: "oauth2PasswordBearer()",
				type: "PasswordBearerOptions",
				take: (given) => oauth2PasswordBearer({ tokenUrl: "token", ...given }),
			},
		],
		oauth2AuthorizationCodeBearer: [
			{
				where: "oauth2AuthorizationCodeBearer()",
				type: "AuthorizationCodeBearerOptions",
				take: (given) =>
					oauth2AuthorizationCodeBearer({
						tokenUrl: "token",
						authorizationUrl: "login",
						...given,
					}),
			},
		],
		openIdConnect: [
			{
				where: "openIdConnect()",
				type: "OpenIdConnectOptions",
				take: (given) => openIdConnect({ openIdConnectUrl: "/id", ...given }),
			},
		],
	},
	"./templates": {
		templates: [
			{
				where: 'templates("none")',
				type: "TemplatesOptions",
				take: (given) => templates("none", given),
				takesNone: false, // there is no such folder
			},
		],
	},
	"./static": {
		staticFiles: [
			{
				where: 'staticFiles("none")',
				type: "StaticFilesOptions",
				take: (given) =>
					staticFiles("none", { checkDirectory: false, ...given }),
			},
		],
	},
	"./channel": {
		channel: [
			{
				where: 'channel("news")',
				type: "ChannelOptions",
				take: (given) => channel("news", z.string(), given),
			},
			{
				where: 'channel("news"): backlog',
				take: (given) => channel("news", z.string(), { backlog: given }),
			},
			{
				where: "subscribe()",
				type: "SubscribeOptions",
				take: (given) => topic.subscribe(given),
			},
		],
	},
	"./redis": {
		redisBroker: [
			{
				where: "redisBroker()",
				type: "RedisBrokerOptions",
				take: (given) => redisBroker("redis://localhost", given),
			},
		],
	},
	"./logging": {
		jsonLog: [
			{
				where: "jsonLog()",
				type: "JsonLogOptions",
				take: (given) => jsonLog(given),
			},
		],
	},
	"./settings": {
		settings: [
			{
				where: "settings()",
				type: "SettingsOptions",
				take: (given) => settings({}, given),
			},
			{
				where: "settings(): envFile",
				take: (given) =>
					settings({}, { envFile: { path: "/none/.env", ...given } }),
			},
			{
				where: "settings(): secretsDir",
				take: (given) =>
					settings({}, { secretsDir: { path: "/none/secrets", ...given } }),
			},
			{
				where: "settings(): sources",
				type: "SettingsSource",
				take: (given) =>
					settings({}, { sources: [{ name: "a", values: {}, ...given }] }),
			},
		],
	},
	// the names that `vivace/database` passes on stand there
	"vivace-database": {
		assertDatabaseOptions: [
			{
				where: "openDatabase()",
				take: (given) =>
					assertDatabaseOptions("openDatabase()", { ...memory, ...given }),
			},
		],
	},
	"./database": {
		openDatabase: [
			{
				where: "openDatabase()",
				type: "DatabaseOptions",
				take: async (given) => {
					await using _ = await openDatabase({ ...memory, ...given });
				},
			},
		],
		database: [
			{
				where: "database()",
				type: "DatabaseDependencyOptions",
				take: (given) => database(memory, given),
			},
			{
				where: "database()",
				take: (given) => database({ ...memory, ...given }),
			},
			{
				where: "sqlite",
				type: "SqliteOptions",
				take: (given) => database({ sqlite: { path: ":memory:", ...given } }),
			},
			{
				where: "mysql",
				type: "MysqlOptions",
				take: (given) => database({ mysql: { ...server, ...given } }),
			},
			{
				where: "mysql",
				type: "ServerOptions",
				take: (given) => database({ mysql: { ...server, ...given } }),
			},
			{
				where: "postgres",
				type: "PostgresOptions",
				take: (given) => database({ postgres: { ...server, ...given } }),
			},
			{
				where: "postgres: ssl",
				take: (ssl) => database({ postgres: { ...server, ssl } }),
			},
			{
				where: "mysql: ssl",
				type: "ServerTlsOptions",
				take: (ssl) => database({ mysql: { ...server, ssl } }),
			},
			{
				where: "mysql: hosts",
				take: (given) =>
					database({
						mysql: { ...server, hosts: [{ host: "db1", ...given }] },
					}),
			},
			{
				where: "database(): retry",
				take: (retry) => database(memory, { retry: { times: 1, ...retry } }),
			},
		],
		session: [
			{
				where: "session()",
				type: "RequestSessionOptions",
				take: (given) => session(database(memory), given),
			},
		],
		Session: [
			{
				where: "session()",
				type: "SessionOptions",
				take: async (given) => {
					await using opened = await openDatabase(memory);
					await using _ = opened.session(given);
				},
			},
		],
		withSession: [
			{
				where: "withSession()",
				type: "WithSessionOptions",
				take: async (given) => {
					await using opened = await openDatabase(memory);
					await withSession(opened, () => 1, given);
				},
			},
		],
		pgPool: [
			{
				where: "pgPool()",
				type: "PgPoolOptions",
				take: (given) => pgPool(database(memory), Pool, given),
			},
		],
		retryUnit: [
			{
				where: "retryUnit()",
				type: "RetryUnitOptions",
				take: (given) => retryUnit(async () => 1, given),
			},
		],
		retryConflicts: [
			{ where: "retryConflicts()", take: (given) => retryConflicts(given) },
		],
		databaseUnavailable: [
			{
				where: "databaseUnavailable()",
				type: "DatabaseUnavailableOptions",
				take: (given) => databaseUnavailable(given),
			},
			{
				where: "databaseUnavailable()",
				type: "OutageOptions",
				take: (given) => databaseUnavailable(given),
			},
		],
	},
	"./pagination": {
		pageOf: [
			{
				where: "pageOf()",
				type: "OffsetPagingOptions",
				take: (given) => pageOf(Item, given),
			},
			{
				where: "pageOf()",
				type: "PageNumberOptions",
				take: (given) => pageOf(Item, given),
			},
			{
				where: "pageOf()",
				type: "PagingOptions",
				take: (given) => pageOf(Item, given),
			},
			{
				where: "pageOf()",
				type: "PageShapeOptions",
				take: (given) => pageOf(Item, given),
			},
			{
				where: "pageOf(): fieldNames",
				take: (names) => pageOf(Item, { fieldNames: names as object }),
			},
			{
				where: "pageOf(): names",
				take: (names) => pageOf(Item, { names }),
			},
			{
				where: "pageOf(): total",
				take: (given) => pageOf(Item, { total: { cappedAt: 5, ...given } }),
			},
			{
				where: "paginate()",
				type: "CountOptions",
				take: (given) =>
					pageOf(Item).paginate([], { page: 1, size: 1 }, given as never),
			},
			{
				where: "paginate()",
				type: "TransformOptions",
				take: (given) =>
					pageOf(Item).paginate([], { page: 1, size: 1 }, given as never),
			},
		],
		limitOffsetPageOf: [
			{
				where: "limitOffsetPageOf()",
				take: (given) => limitOffsetPageOf(Item, given),
			},
			{
				where: "paginate()",
				take: (given) =>
					limitOffsetPageOf(Item).paginate(
						[],
						{ limit: 1, offset: 0 },
						given as never,
					),
			},
		],
		cursorPageOf: [
			{
				where: "cursorPageOf()",
				type: "CursorPagingOptions",
				take: (given) => cursorPageOf(Item, { key: "id", ...given }),
			},
			{
				where: "paginate()",
				type: "ListOptions",
				take: (given) =>
					cursorPageOf(Item, { key: "id" }).paginate(
						[],
						{ cursor: null, size: 1 },
						given as never,
					),
			},
			{
				where: "paginate()",
				type: "SourceOptions",
				take: (given) =>
					cursorPageOf(Item, { key: "id" }).paginate(
						(() => []) as never,
						{ cursor: null, size: 1 },
						given as never,
					),
			},
		],
	},
};

/** Every place, in no order of importance. */
export function allTakers(): readonly OptionTaker[] {
	return Object.values(takers).flatMap((entry) => Object.values(entry).flat());
}

/** Path operations of an app or a router. */
function verbs(make: () => App | Router): readonly OptionTaker[] {
	const all = "get post put patch delete options head trace".split(
		" ",
	) as "get"[]; // they are alike
	return [
		...all.map((verb) => ({
			where: `${verb.toUpperCase()} /items`,
			type: "RouteOptions",
			take: (given: Given) =>
				make()[verb]({ path: "/items", ...given }, handler),
		})),
		{
			where: "POST, PUT /items",
			take: (given) =>
				make().route(["POST", "PUT"], { path: "/items", ...given }, handler),
		},
		{
			where: "GET /items: limits",
			take: (limits) => make().get({ path: "/items", limits }, handler),
		},
		{
			where: "GET /items: responses[404]",
			type: "AdditionalResponses",
			take: (given) =>
				make().get({ path: "/items", responses: { 404: given } }, handler),
		},
	];
}

const broker = new MemoryBroker();
const endless = new AbortController().signal;
const topic = new BrokerTopic<string, string>("news", {
	messages: new MessageText(z.string(), "news"),
	broker,
	shared: new SharedTopics(broker),
	backlog: { count: 1, ageMs: 1 },
	signal: endless,
	hurry: new SharedHurry(endless),
	name: "news",
});

/** The public names that take no record of options, with why where one might think so. */
export const withoutOptions: Readonly<Record<string, string>> = {
	".": `BackgroundTasks ErrorStatus HTTPExceptionBody Lifespan Request ResponseHeaders SetupError shortUniqueId validate WebSocket
		WebSocketDisconnect WebSocketException`,
	"./exceptions": `BodyTooLargeError ClientGoneError LifespanError RequestValidationError ResponseValidationError
		WebSocketRequestValidationError httpExceptionHandler requestValidationHandler`,
	"./testing":
		"HTTPStatusError LeakError TestResponse TestSocket WebSocketRefusedError",
	"./middleware": "cspNonce httpsRedirect",
	"./docs": "swaggerUiDefaultParameters swaggerUiOAuth2RedirectHtml",
	"./schemas": "customError toJsonSchema",
	"./security": `SecurityScopes hashPassword needsRehash oauth2PasswordRequestForm oauth2PasswordRequestFormStrict
		sameSecret verifyPassword`,
	"./channel": "BrokerUnavailableError Channel",
	"./redis": "",
	"./logging": "",
	"./settings": "env",
	"./static": "",
	"./templates": "TemplateResponse etaEngine",
	"./database": `BindError CheckError ConstraintError DatabaseDependency DatabaseError DuplicateKeyError ForeignKeyError MigrationError
		NotNullError SessionEndedError compileQuery conflictHandler decodeDate encodeDate engineOf isConnectionLost isDeadlock isDuplicateKey
		isForeignKeyViolation isNotExecuted isOutcomeUnknown isSafeToRetry isUnavailable migrate migrationStatus tableTypes`,
	"./pagination": "",
	"vivace-database": "SetupError assertMigrated databaseCheck migrationsCheck",
};
