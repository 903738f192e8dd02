/** One request, the same for every server. */
export interface BenchRequest {
	readonly method: "GET" | "POST";
	readonly target: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
}

/** A workload: requests that are sent in turns. */
export interface Workload {
	readonly name: string;
	readonly title: string;
	readonly requests: readonly BenchRequest[];
	/** Those of one server, by its name, where they are not the same for all. */
	readonly requestsOf?: (server: string) => readonly BenchRequest[];
	/** Of every answer. Default: 200. */
	readonly status?: number;
	/** Workloads of one cycle are measured in turns with each other, so that their times can be compared. Default: one of its own. */
	readonly cycle?: string;
}

/** A request whose answer must have the same status on every server. */
export interface RefusedRequest {
	readonly title: string;
	readonly request: BenchRequest;
	readonly status: number;
}
