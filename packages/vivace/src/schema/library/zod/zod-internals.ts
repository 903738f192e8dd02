import type { JsonSchema, SchemaDirection } from "../../document/json-schema.ts";

/** What Zod 4 keeps on every schema; only what is read here. */
export interface ZodSchema {
	readonly _zod: {
		readonly def: ZodDefinition;
		/** Set where the value may be left out. */
		readonly optin?: "optional" | "defaulted";
		readonly parent?: ZodSchema;
		readonly propValues?: Readonly<Record<string, ReadonlySet<unknown>>>;
	};
	readonly "~standard": {
		readonly jsonSchema?: Readonly<
			Record<SchemaDirection, (options: object) => JsonSchema>
		>;
	};
	readonly meta?: () => Readonly<Record<string, unknown>> | undefined;
}

export interface ZodDefinition {
	readonly type: string;
	readonly format?: string;
	readonly protocol?: RegExp;
	readonly discriminator?: string;
	readonly options?: readonly ZodSchema[];
	readonly shape?: Readonly<Record<string, ZodSchema>>;
	readonly catchall?: ZodSchema;
	readonly element?: ZodSchema;
	readonly keyType?: ZodSchema;
	readonly valueType?: ZodSchema;
	readonly in?: ZodSchema;
	readonly out?: ZodSchema;
	readonly reverseTransform?: unknown;
	readonly defaultValue?: unknown;
	readonly checks?: readonly { readonly _zod: { readonly def: ZodCheck } }[];
}

export interface ZodCheck {
	readonly check: string;
	readonly format?: string;
	readonly pattern?: RegExp;
	readonly value?: number | bigint;
	readonly inclusive?: boolean;
	readonly minimum?: number;
	readonly maximum?: number;
	readonly size?: number;
}
