/** The words of an error, without where and of what: FastAPI's `type`, `msg` and `ctx`. */
export interface ErrorWords {
	readonly type: string;
	readonly msg: string;
	readonly ctx?: Readonly<Record<string, unknown>>;
}
