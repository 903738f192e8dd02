/** What of a Valibot schema or action is read; its own types are not imported, so that Vivace does not depend on it. */
export interface ValibotSchema {
	readonly kind: "schema" | "validation" | "transformation" | "metadata";
	readonly type: string;
	readonly pipe?: readonly ValibotSchema[];
	readonly wrapped?: ValibotSchema;
	readonly default?: unknown;
	readonly literal?: unknown;
	readonly options?: readonly unknown[];
	readonly enum?: Readonly<Record<string, unknown>>;
	readonly entries?: Readonly<Record<string, ValibotSchema>>;
	readonly items?: readonly ValibotSchema[];
	readonly item?: ValibotSchema;
	readonly rest?: ValibotSchema;
	readonly key?: ValibotSchema;
	readonly value?: ValibotSchema;
	readonly getter?: (input: unknown) => ValibotSchema;
	readonly requirement?: unknown;
	/** Of `v.instance`. */
	readonly class?: unknown;
	readonly title?: string;
	readonly description?: string;
	readonly metadata?: Readonly<Record<string, unknown>>;
}
