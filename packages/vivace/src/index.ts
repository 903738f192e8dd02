import "./errors/oldest-runtime.ts";

export { App } from "./app/app.ts";
export type { AppOptions } from "./app/app-options.ts";
export { BackgroundTasks } from "./app/background-tasks.ts";
export { encode } from "./app/encode-value.ts";
export { jsonCompatible } from "./app/json-compatible.ts";
export type { Logger } from "./app/logger.ts";
export { OutgoingRouter } from "./app/outgoing-router.ts";
export type { DependencyOverrides } from "./app/overrides.ts";
export type { AppState } from "./app/owned-lifespan.ts";
export type {
	AdditionalResponses,
	RouteOptions,
} from "./app/path-operation.ts";
export type { HandlerAnswer } from "./app/register.ts";
export { Router, type RouterOptions } from "./app/router.ts";
export { shortUniqueId } from "./app/short-unique-id.ts";
export { HTTPException } from "./errors/http-exception.ts";
export { SetupError } from "./errors/setup-error.ts";
export {
	WebSocketDisconnect,
	WebSocketException,
} from "./errors/web-socket-errors.ts";
export type { StopReport } from "./http/app-port.ts";
export { EventSourceResponse } from "./http/event-source-response.ts";
export type { ExchangeEnd } from "./http/exchange.ts";
export { FileResponse } from "./http/file-response.ts";
export type { FormPart } from "./http/form/form-part.ts";
export type { ReceivedForm } from "./http/form/received-form.ts";
export { UploadFile } from "./http/form/upload-file.ts";
export { HTMLResponse } from "./http/html-response.ts";
export { JSONResponse } from "./http/json-response.ts";
export type { Limits } from "./http/limits.ts";
export type { MatchedRoute } from "./http/matched-route.ts";
export type { Middleware, Next } from "./http/middleware.ts";
export { PlainTextResponse } from "./http/plain-text-response.ts";
export { RedirectResponse } from "./http/redirect-response.ts";
export { Request, type RequestLocals } from "./http/request.ts";
export type { ClientAddress } from "./http/request-source.ts";
export { Response, type ResponseOptions } from "./http/response.ts";
export { ResponseHeaders } from "./http/response-headers.ts";
export { ServerSentEvent } from "./http/server-sent-event.ts";
export { StreamingResponse } from "./http/streaming-response.ts";
export type {
	Declaration,
	Declarations,
	Declared,
	DependencyScope,
	ValueOf,
	ValuesOf,
} from "./inject/declaration.ts";
export {
	type Dependency,
	type DependencyOptions,
	type DependencyUse,
	Depends,
	dependency,
	Security,
} from "./inject/dependency.ts";
export { ErrorStatus } from "./inject/exit-stack.ts";
export {
	Body,
	Cookie,
	File,
	Form,
	Header,
	type Parameter,
	type ParameterOptions,
	Path,
	Query,
} from "./inject/parameter.ts";
export type { ResourceOptions } from "./inject/resource-options.ts";
export type { Scope } from "./inject/scope.ts";
export type { SecurityDeclaration } from "./inject/security-scopes.ts";
export { validate } from "./inject/validate.ts";
export { Lifespan } from "./lifespan/lifespan.ts";
export type { LifespanFunction } from "./lifespan/lifespan-function.ts";
export type { OpenApiDocument } from "./openapi/operation.ts";
export { HTTPExceptionBody } from "./schema/library/built-in/http-exception-body.ts";
export type { ServeOptions } from "./server/lifecycle/serve-options.ts";
export type { Server, ServerStats } from "./server/lifecycle/server.ts";
export { serve } from "./server/serve.ts";
export { WebSocket } from "./websocket/web-socket.ts";
