import { z } from "zod";
import { channel } from "../../src/channel.ts";
import {
	lifespanHtml,
	redocHtml,
	swaggerUiHtml,
	swaggerUiOAuth2RedirectHtml,
} from "../../src/docs.ts";
import {
	httpExceptionHandler,
	RequestValidationError,
	ResponseValidationError,
	requestValidationHandler,
} from "../../src/exceptions.ts";
import {
	App,
	BackgroundTasks,
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
	type Request,
	Response,
	ResponseHeaders,
	Router,
	Security,
	ServerSentEvent,
	StreamingResponse,
	shortUniqueId,
	UploadFile,
	validate,
	WebSocket,
	WebSocketException,
} from "../../src/index.ts";
import { jsonLog } from "../../src/logging.ts";
import {
	compress,
	cors,
	cspNonce,
	csrf,
	httpsRedirect,
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
import {
	aliased,
	camel,
	customError,
	float,
	snake,
	toJsonSchema,
} from "../../src/schemas.ts";
import {
	apiKeyCookie,
	apiKeyHeader,
	apiKeyQuery,
	cookieSession,
	hashPassword,
	httpBase,
	httpBasic,
	httpBearer,
	httpDigest,
	jwtBearer,
	needsRehash,
	oauth2,
	oauth2AuthorizationCodeBearer,
	oauth2PasswordBearer,
	openIdConnect,
	SecurityScopes,
	sameSecret,
	verifyPassword,
} from "../../src/security.ts";
import { env, settings } from "../../src/settings.ts";
import { staticFiles } from "../../src/static.ts";
import { templates } from "../../src/templates.ts";
import { TestClient } from "../../src/testing.ts";
import { databaseTakers, drivenTakers } from "./database-takers.ts";

/** A place that takes arguments. */
export interface ArgumentTaker {
	/** The public name, and the member that is called, if it is another. */
	readonly where: string;
	readonly call: (...given: never) => unknown;
	/** Arguments that it takes. */
	readonly right: readonly unknown[];
	/** By position, the kinds that are right too, `"nothing text"`; with a minus those whose values are judged one by one. */
	readonly takes?: readonly string[];
	/** The class of its errors, where the value may be one of run time. Default: `SetupError`. */
	readonly throws?: string;
}

const handler = () => null;
const Item = z.object({ id: z.int() });
const key = "a secret of at least 32 bytes, of course";
const one = dependency(handler);
const page = { openapiUrl: "/openapi.json", title: "Shop" };

/** Takes options alone: any record, or nothing. */
const optional = { right: [{}], takes: ["nothing record"] };
/** Calls with a schema and options that need not be there. */
const bySchema = { right: [z.int(), {}], takes: ["", "nothing record"] };

/** Makes an instance. */
function made<Made>(type: new (...given: never) => Made) {
	return (...given: never): Made => Reflect.construct(type, given);
}

/** Calls a method of a new app. */
function ofApp(method: "get" | "mount" | "include" | "route" | "urlPathFor") {
	return (...given: never) => {
		const app = new App();
		app.get("/items/{id}", function item() {});
		return (app[method] as (...given: never) => unknown).apply(app, given);
	};
}

/** Calls something with the request that a handler has. */
function inRequest(call: (request: Request, ...given: never) => unknown) {
	return async (...given: never) => {
		const outcome = Promise.withResolvers<void>();
		const app = new App({ logger: { error() {}, warn() {}, info() {} } });
		app.get("/items/{id}", {}, function item(_, request) {
			try {
				call(request, ...given);
				outcome.resolve();
			} catch (error) {
				outcome.reject(error);
			}
		});
		await Promise.all([
			outcome.promise,
			app.fetch(new globalThis.Request("http://localhost/items/1")),
		]);
	};
}

/** Calls something with a client, which is closed after it. */
function withClient(call: (client: TestClient, ...given: never) => unknown) {
	return async (...given: never) => {
		await using client = await TestClient.start(new App());
		await call(client, ...given);
	};
}

const pages = pageOf(Item);
const cursorPages = cursorPageOf(Item, { key: "id" });
const limitPages = limitOffsetPageOf(Item);

/** By entry, all that is called with arguments. */
export const argumentTakers: Readonly<
	Record<string, readonly ArgumentTaker[]>
> = {
	".": [
		{ where: "App", call: made(App), ...optional },
		{
			where: "App.get",
			call: ofApp("get"),
			right: ["/", { id: z.int() }, handler],
			takes: ["", "record", "function"],
		},
		{
			where: "App.route",
			call: ofApp("route"),
			right: [["GET"], "/", handler],
			takes: ["", "", "function"],
		},
		{
			where: "App.use",
			call: (layer: never) => new App().use(layer),
			right: [
				(request: never, next: (request: never) => never) => next(request),
			],
			takes: ["function"],
		},
		{
			where: "App.mount",
			call: ofApp("mount"),
			right: ["/sub", new App(), {}],
			takes: ["", "function", "nothing record"],
		},
		{
			where: "App.host",
			call: (host: never, target: never) => new App().host(host, target),
			right: ["a.example", new App()],
			takes: ["text", "function"],
		},
		{
			where: "App.include",
			call: ofApp("include"),
			right: [new Router(), {}],
			takes: ["", "nothing record"],
		},
		{
			where: "App.frontend",
			call: (path: never, options: never) => new App().frontend(path, options),
			right: ["/", { directory: "none", checkDirectory: false }],
		},
		{
			where: "App.onEvent",
			call: (event: never, task: never) => new App().onEvent(event, task),
			right: ["startup", handler],
			takes: ["", "function"],
		},
		{
			where: "App.exceptionHandler",
			call: (key: never, answer: never) =>
				new App().exceptionHandler(key, answer),
			right: [Error, handler],
			takes: ["", "function"],
		},
		{
			where: "App.urlPathFor",
			call: ofApp("urlPathFor"),
			right: ["item", { id: "1" }],
		},
		{
			where: "App.openapi",
			call: (part: never) => new App().openapi(part),
			...optional,
		},
		{
			where: "App.start",
			call: async (options: never) => {
				const app = new App();
				await app.start(options);
				await app.stop();
			},
			...optional,
		},
		{
			where: "App.stop",
			call: (options: never) => new App().stop(options),
			...optional,
		},
		{
			where: "App.scope",
			call: (params: never, work: never) => new App().scope(params, work),
			right: [{}, handler],
			takes: ["record", "function"],
		},
		{
			where: "App.fetch",
			call: (request: never, options: never) =>
				new App().fetch(request, options),
			right: [new globalThis.Request("http://localhost/"), {}],
			takes: ["", "nothing record"],
		},
		{
			where: "App.overrides.set",
			call: (one: never, other: never) => new App().overrides.set(one, other),
			right: [one, dependency(handler)],
		},
		{
			where: "App.overrides.delete",
			call: (one: never) => new App().overrides.delete(one),
			right: [one],
		},
		{ where: "Router", call: made(Router), ...optional },
		{
			where: "OutgoingRouter.post",
			call: (path: never, params: never) =>
				new OutgoingRouter().post(path, params),
			right: ["{$request.body#/url}", {}],
			takes: ["text", "nothing record"],
		},
		{
			where: "BackgroundTasks.add",
			call: (task: never) => new BackgroundTasks().add(task),
			right: [handler],
			takes: ["function"],
		},
		{ where: "Path", call: Path, ...bySchema },
		{ where: "Query", call: Query, ...bySchema },
		{ where: "Header", call: Header, ...bySchema },
		{ where: "Cookie", call: Cookie, ...bySchema },
		{ where: "Body", call: Body, ...bySchema },
		{ where: "Form", call: Form, ...bySchema, right: [Item, {}] },
		{
			where: "File",
			call: File,
			right: [undefined, {}],
			takes: ["nothing", "nothing record"],
		},
		{
			where: "Depends",
			call: Depends,
			right: [one, {}],
			takes: ["", "nothing record"],
		},
		{
			where: "Security",
			call: Security,
			right: [one, [], {}],
			takes: ["", "nothing list", "nothing record"],
		},
		{
			where: "dependency",
			call: dependency,
			right: [{}, handler, {}],
			takes: ["record", "function", "nothing record"],
		},
		{
			where: "EventSourceResponse",
			call: made(EventSourceResponse),
			right: [[], {}],
			takes: ["list numbers function map", "nothing record"],
		},
		{
			where: "StreamingResponse",
			call: made(StreamingResponse),
			right: [[], {}],
			takes: ["list numbers function map", "nothing record"],
		},
		{
			where: "FileResponse",
			call: made(FileResponse),
			right: ["a.txt", {}],
			takes: ["text", "nothing record"],
		},
		{
			where: "RedirectResponse",
			call: made(RedirectResponse),
			right: ["/", {}],
			takes: ["text", "nothing record"],
		},
		...[Response, HTMLResponse, PlainTextResponse].map((type) => ({
			where: type.name,
			call: made<Response>(type),
			right: [""],
			takes: ["nothing null text"],
		})),
		{
			where: "Response.setCookie",
			call: (name: never, value: never) =>
				new Response().setCookie("seen", value, name),
			right: [{}, "1"],
			takes: ["nothing record", "nothing text"],
		},
		{
			where: "Response.deleteCookie",
			call: (options: never) => new Response().deleteCookie("seen", options),
			...optional,
		},
		{
			where: "Response.setCookie()",
			call: (name: never) => new Response().setCookie(name),
			right: ["seen"],
			takes: ["text"],
			throws: "TypeError",
		},
		{
			where: "JSONResponse",
			call: made(JSONResponse),
			right: [{}],
			takes: [
				"null number nan text boolean record list numbers date map bigint",
			],
			throws: "TypeError",
		},
		{
			where: "HTTPException",
			call: made(HTTPException),
			right: [404],
			throws: "RangeError",
		},
		{
			where: "HTTPException()",
			call: (detail: never, options: never) =>
				new HTTPException(404, detail, options),
			right: ["none", {}],
			takes: [
				"nothing null number nan text boolean record list numbers date map promise bigint",
				"nothing record",
			],
		},
		{
			where: "WebSocketException",
			call: made(WebSocketException),
			right: [1008],
			throws: "RangeError",
		},
		{
			where: "WebSocketException()",
			call: (reason: never) => new WebSocketException(1008, reason),
			right: ["no"],
			takes: ["nothing text"],
		},
		{
			where: "WebSocket.broadcast()",
			call: (sockets: never) => WebSocket.broadcast(sockets, "none"),
			right: [[]],
			takes: ["list"],
		},
		{
			where: "ResponseHeaders",
			call: made(ResponseHeaders),
			right: [{}],
			takes: ["nothing record list map"],
		},
		...(["get", "has", "delete", "addVary", "getAll"] as const).map(
			(method) => ({
				where: `ResponseHeaders.${method}`,
				call: (name: never) => new ResponseHeaders()[method](name),
				right: ["a"],
				takes: ["text"],
			}),
		),
		{
			where: "ResponseHeaders.set",
			call: (name: never, value: never) =>
				new ResponseHeaders().set(name, value),
			right: ["a", "b"],
			takes: ["text", "text"],
			throws: "TypeError",
		},
		{
			where: "ServerSentEvent",
			call: made(ServerSentEvent),
			right: [{ data: 1 }],
			takes: ["record"],
		},
		{
			where: "UploadFile",
			call: made(UploadFile),
			right: [[], "a.txt", {}],
			takes: ["list numbers", "text", "nothing record"],
		},
		{
			where: "UploadFile.read",
			call: (bytes: never) => new UploadFile([], "a").read(bytes),
			right: [1],
			takes: ["nothing number"],
		},
		{
			where: "UploadFile.seek",
			call: (offset: never) => new UploadFile([], "a").seek(offset),
			right: [1],
			takes: ["number"],
		},
		{
			where: "encode",
			call: (schema: never, fields: never) =>
				encode(schema, { id: 1 } as never, fields),
			right: [Item, {}],
			takes: ["", "nothing record"],
		},
		{
			where: "validate",
			call: (schema: never, options: never) =>
				validate(schema, { id: 1 }, options),
			right: [Item, {}],
			takes: ["", "nothing record"],
		},
		{
			where: "jsonCompatible",
			call: (options: never) => jsonCompatible({}, options),
			...optional,
		},
		{
			where: "shortUniqueId",
			call: shortUniqueId,
			right: [{ name: "item", path: "/", method: "GET", methods: ["GET"] }],
		},
		{
			where: "Request.urlFor",
			call: inRequest((request, name, values) => request.urlFor(name, values)),
			right: ["item", { id: "1" }],
		},
		...(["header", "queryText", "queryTexts"] as const).map((method) => ({
			where: `Request.${method}`,
			call: inRequest((request, name) => request[method](name)),
			right: ["a"],
			takes: ["text"],
		})),
		...(["whenSettled", "beforeSend"] as const).map((method) => ({
			where: `Request.${method}`,
			call: inRequest((request, work) => request[method](work)),
			right: [handler],
			takes: ["function"],
		})),
		{
			where: "Request.replaceBody",
			call: inRequest((request, bytes) => request.replaceBody(bytes)),
			right: [new Uint8Array()],
		},
	],
	"./exceptions": [
		{
			where: "RequestValidationError",
			call: made(RequestValidationError),
			right: [[]],
			takes: ["list"],
		},
		{
			where: "ResponseValidationError",
			call: made(ResponseValidationError),
			right: [[]],
			takes: ["list"],
		},
		{
			where: "httpExceptionHandler",
			call: (error: never) => httpExceptionHandler({} as never, error),
			right: [new HTTPException(404)],
		},
		{
			where: "requestValidationHandler",
			call: (error: never) => requestValidationHandler({} as never, error),
			right: [new RequestValidationError([])],
		},
	],
	"./channel": [
		{
			where: "channel",
			call: channel,
			right: ["news", z.string(), {}],
			takes: ["text", "", "nothing record"],
		},
	],
	"./redis": [
		{
			where: "redisBroker",
			call: redisBroker,
			right: ["redis://127.0.0.1", {}],
			takes: ["function -text", "nothing record"],
		},
	],
	"./testing": [
		{
			where: "TestClient",
			call: async (app: never, options: never) => {
				await using _ = await TestClient.start(app, options);
			},
			right: [new App(), {}],
			takes: ["", "nothing record"],
		},
		{
			where: "TestClient.request",
			call: withClient((client, method, url, options) =>
				client.request(method, url, options),
			),
			right: ["GET", "/", {}],
			takes: ["text", "text", "nothing record"],
		},
		{
			where: "TestClient.get",
			call: withClient((client, url) => client.get(url)),
			right: ["/"],
			takes: ["text"],
		},
		{
			where: "TestClient.cookies.set",
			call: withClient((client, name, value) =>
				client.cookies.set(name, value),
			),
			right: ["a", "b"],
			takes: ["text", "text"],
		},
		{
			where: "TestClient.cookies.get",
			call: withClient((client, name) => client.cookies.get(name)),
			right: ["a"],
			takes: ["text"],
		},
		{
			where: "TestClient.cookies.delete",
			call: withClient((client, name) => client.cookies.delete(name)),
			right: ["a"],
			takes: ["text"],
		},
	],
	"./middleware": [
		{ where: "compress", call: compress, ...optional },
		{ where: "cors", call: cors, ...optional },
		{ where: "csrf", call: csrf, ...optional },
		{ where: "securityHeaders", call: securityHeaders, ...optional },
		{
			where: "trustedHosts",
			call: trustedHosts,
			right: [{ allowedHosts: ["*"] }],
		},
		{
			where: "cspNonce",
			call: cspNonce,
			right: [{ locals: {} }],
		},
		{ where: "httpsRedirect", call: httpsRedirect, right: [] },
	],
	"./docs": [
		{ where: "swaggerUiHtml", call: swaggerUiHtml, right: [page] },
		{ where: "redocHtml", call: redocHtml, right: [page] },
		{
			where: "lifespanHtml",
			call: lifespanHtml,
			right: [{ title: "Shop", resources: [] }],
		},
		{
			where: "swaggerUiOAuth2RedirectHtml",
			call: swaggerUiOAuth2RedirectHtml,
			...optional,
		},
	],
	"./settings": [
		{ where: "env", call: env, right: ["A", z.string()], takes: ["text"] },
		{
			where: "settings",
			call: settings,
			right: [{}, {}],
			takes: ["record", "nothing record"],
		},
	],
	"./routing": [
		{
			where: "registerPathType",
			call: registerPathType,
			right: ["even", { pattern: /[02468]+/ }],
			takes: ["text"],
		},
	],
	"./schemas": [
		{
			where: "toJsonSchema",
			call: toJsonSchema,
			right: [Item, "output"],
			takes: ["", "nothing"],
		},
		{ where: "float", call: float, ...optional },
		{
			where: "aliased",
			call: aliased,
			right: [Item, {}],
			takes: ["", "record"],
		},
		{ where: "camel", call: camel, ...bySchema, right: [Item, {}] },
		{ where: "snake", call: snake, ...bySchema, right: [Item, {}] },
		{
			where: "customError",
			call: customError,
			right: ["odd", "{size} is odd", { size: 1 }],
			takes: ["text", "text", "nothing record"],
		},
	],
	"./static": [
		{
			where: "staticFiles",
			call: staticFiles,
			right: [".", {}],
			takes: ["", "nothing record"],
		},
	],
	"./templates": [
		{
			where: "templates",
			call: templates,
			right: [".", {}],
			takes: ["", "nothing record"],
		},
	],
	"./security": [
		{
			where: "SecurityScopes",
			call: made(SecurityScopes),
			right: [[]],
			takes: ["nothing list"],
		},
		{ where: "apiKeyHeader", call: apiKeyHeader, right: [{ name: "key" }] },
		{ where: "apiKeyQuery", call: apiKeyQuery, right: [{ name: "key" }] },
		{ where: "apiKeyCookie", call: apiKeyCookie, right: [{ name: "key" }] },
		{
			where: "cookieSession",
			call: cookieSession,
			right: [{ schema: Item, keys: [key] }],
		},
		{
			where: "jwtBearer",
			call: jwtBearer,
			right: [{ algorithms: ["HS256"], secret: key }],
		},
		{
			where: "hashPassword",
			call: hashPassword,
			right: ["x"],
			takes: ["text"],
		},
		{
			where: "verifyPassword",
			call: verifyPassword,
			right: ["x", undefined],
			takes: ["text", "nothing null -text"],
		},
		{ where: "needsRehash", call: needsRehash, right: ["x"], takes: ["text"] },
		{
			where: "sameSecret",
			call: sameSecret,
			right: ["x", "y"],
			takes: ["text", "text"],
		},
		{ where: "httpBase", call: httpBase, right: [{ scheme: "hmac" }] },
		{ where: "httpBasic", call: httpBasic, ...optional },
		{ where: "httpBearer", call: httpBearer, ...optional },
		{ where: "httpDigest", call: httpDigest, ...optional },
		{ where: "oauth2", call: oauth2, ...optional },
		{
			where: "oauth2PasswordBearer",
			call: oauth2PasswordBearer,
			right: [{ tokenUrl: "token" }],
		},
		{
			where: "oauth2AuthorizationCodeBearer",
			call: oauth2AuthorizationCodeBearer,
			right: [{ tokenUrl: "token", authorizationUrl: "login" }],
		},
		{
			where: "openIdConnect",
			call: openIdConnect,
			right: [{ openIdConnectUrl: "/id" }],
		},
	],
	"./pagination": [
		{ where: "pageOf", call: pageOf, ...bySchema, right: [Item, {}] },
		{
			where: "pageOf.paginate",
			call: (source: never, params: never, options: never) =>
				pages.paginate(source, params, options),
			right: [[], { page: 1, size: 1 }, {}],
			takes: ["list numbers", "", "nothing record"],
		},
		{
			where: "limitOffsetPageOf",
			call: limitOffsetPageOf,
			...bySchema,
			right: [Item, {}],
		},
		{
			where: "limitOffsetPageOf.paginate",
			call: (source: never, params: never) =>
				limitPages.paginate(source, params),
			right: [[], { limit: 1, offset: 0 }],
			takes: ["list numbers"],
		},
		{ where: "cursorPageOf", call: cursorPageOf, right: [Item, { key: "id" }] },
		{
			where: "cursorPageOf.paginate",
			call: (source: never, params: never) =>
				cursorPages.paginate(source, params),
			right: [[], { cursor: null, size: 1 }],
			takes: ["list -numbers -function"],
		},
	],
	"./logging": [{ where: "jsonLog", call: jsonLog, ...optional }],
	"./database": databaseTakers,
	"vivace-database": drivenTakers,
};

/** The public names that are called with nothing, by the framework alone, or with what may be anything. */
export const withoutArguments: Readonly<Record<string, string>> = {
	".": "ErrorStatus HTTPExceptionBody Lifespan SetupError WebSocket WebSocketDisconnect serve",
	"./exceptions":
		"BodyTooLargeError ClientGoneError LifespanError WebSocketRequestValidationError",
	"./channel": "BrokerUnavailableError Channel",
	"./testing":
		"HTTPStatusError LeakError TestResponse TestSocket WebSocketRefusedError",
	"./docs": "swaggerUiDefaultParameters",
	"./security": "oauth2PasswordRequestForm oauth2PasswordRequestFormStrict",
	"./templates": "TemplateResponse etaEngine",
	"./database": `BindError CheckError ConstraintError DatabaseDependency DatabaseError DuplicateKeyError ForeignKeyError MigrationError
		NotNullError SessionEndedError isConnectionLost isDeadlock isDuplicateKey isForeignKeyViolation isNotExecuted isOutcomeUnknown
		isSafeToRetry isUnavailable`,
	"vivace-database": "SetupError databaseCheck migrationsCheck",
};
