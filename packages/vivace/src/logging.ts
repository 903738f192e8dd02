export {
	type JsonLogOptions,
	jsonLog,
	type Log,
} from "./logging/json-log.ts";
export type { RequestLog, RequestLogEntry } from "./logging/request-log.ts";
