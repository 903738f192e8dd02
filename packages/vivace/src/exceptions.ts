export {
	type ExceptionHandler,
	httpExceptionHandler,
	requestValidationHandler,
} from "./app/exception-handlers.ts";
export { ClientGoneError } from "./errors/client-gone.ts";
export type { HTTPExceptionOptions } from "./errors/http-exception.ts";
export { LifespanError, type SetupErrorCode } from "./errors/setup-error.ts";
export {
	type ErrorDetail,
	RequestValidationError,
	ResponseValidationError,
} from "./errors/validation-error.ts";
export { WebSocketRequestValidationError } from "./errors/web-socket-errors.ts";
export { BodyTooLargeError } from "./http/body-too-large-error.ts";
