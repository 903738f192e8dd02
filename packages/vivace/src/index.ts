export { App, type FetchOptions } from "./app/app.ts";
export type { AppOptions } from "./app/app-options.ts";
export { BackgroundTasks } from "./app/background-tasks.ts";
export {
	type ErrorClass,
	type ExceptionHandler,
	httpExceptionHandler,
	requestValidationHandler,
} from "./app/exception-handlers.ts";
export type { HealthOptions } from "./app/health.ts";
export type { Logger } from "./app/logger.ts";
export type { FetchTarget, ForeignTarget } from "./app/mount.ts";
export {
	OutgoingRouter,
	type RegisterOutgoing,
} from "./app/outgoing-router.ts";
export type { DependencyOverrides } from "./app/overrides.ts";
export type { AppState } from "./app/owned-lifespan.ts";
export type {
	AdditionalResponse,
	AdditionalResponses,
	EffectDependency,
	FieldSelection,
	OperationIdentity,
	OperationSource,
	PathOperation,
	ResponseClass,
	ResponseFields,
	RouteOptions,
	SharedOptions,
} from "./app/path-operation.ts";
export type {
	HandlerAnswer,
	HandlerValues,
	Register,
	RegisterMethods,
} from "./app/register.ts";
export {
	type IncludeOptions,
	Router,
	type RouterOptions,
} from "./app/router.ts";
export { ClientGoneError } from "./errors/client-gone.ts";
export {
	HTTPException,
	type HTTPExceptionOptions,
} from "./errors/http-exception.ts";
export {
	LifespanError,
	SetupError,
	type SetupErrorCode,
} from "./errors/setup-error.ts";
export {
	type ErrorDetail,
	type Location,
	RequestValidationError,
	ResponseValidationError,
} from "./errors/validation-error.ts";
export type {
	AppPort,
	StartOptions,
	StopOptions,
	StopReport,
} from "./http/app-port.ts";
export { BodyTooLargeError } from "./http/body-too-large-error.ts";
export type { ChunkSource } from "./http/chunk-source.ts";
export {
	type EventSourceOptions,
	EventSourceResponse,
} from "./http/event-source-response.ts";
export type { ExchangeEnd } from "./http/exchange.ts";
export {
	FileResponse,
	type FileResponseOptions,
} from "./http/file-response.ts";
export { HTMLResponse } from "./http/html-response.ts";
export { JSONResponse } from "./http/json-response.ts";
export type { Limits } from "./http/limits.ts";
export type { Middleware, Next } from "./http/middleware.ts";
export { PlainTextResponse } from "./http/plain-text-response.ts";
export { RedirectResponse } from "./http/redirect-response.ts";
export { Request, type RequestLocals } from "./http/request.ts";
export type { ClientAddress, RequestSource } from "./http/request-source.ts";
export {
	Response,
	type ResponseBody,
	type ResponseOptions,
} from "./http/response.ts";
export { type HeadersInit, ResponseHeaders } from "./http/response-headers.ts";
export {
	ServerSentEvent,
	type ServerSentEventFields,
} from "./http/server-sent-event.ts";
export type {
	DeleteCookieOptions,
	SetCookieOptions,
} from "./http/set-cookie.ts";
export { StreamingResponse } from "./http/streaming-response.ts";
export type { Worker } from "./http/worker.ts";
export type {
	Declaration,
	Declarations,
	Declared,
	DependencyScope,
	ScopeSignal,
	ValueOf,
	ValuesOf,
} from "./inject/declaration.ts";
export {
	type Dependency,
	type DependencyOptions,
	type DependencyUse,
	Depends,
	type DependsOptions,
	dependency,
} from "./inject/dependency.ts";
export { ErrorStatus } from "./inject/exit-stack.ts";
export {
	Body,
	type BodyOptions,
	Cookie,
	Header,
	type HeaderOptions,
	type Parameter,
	type ParameterOptions,
	Path,
	Query,
} from "./inject/parameter.ts";
export type { ProvideContext, ProvidedClass } from "./inject/provided.ts";
export type {
	ResourceOptions,
	RetryOptions,
} from "./inject/resource-options.ts";
export type { Scope } from "./inject/scope.ts";
export { type ValidateOptions, validate } from "./inject/validate.ts";
export { jsonCompatible } from "./json/compatible.ts";
export { Lifespan } from "./lifespan/lifespan.ts";
export type { LifespanFunction } from "./lifespan/lifespan-function.ts";
export type {
	JsonSchema,
	SchemaDirection,
} from "./schema/document/json-schema.ts";
export { toJsonSchema } from "./schema/document/to-json-schema.ts";
export type {
	ServeOptions,
	ServerLog,
} from "./server/lifecycle/serve-options.ts";
export type { Server, ServerStats } from "./server/lifecycle/server.ts";
export { serve } from "./server/serve.ts";
