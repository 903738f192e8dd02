import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type Dependency, dependency } from "../inject/dependency.ts";
import { Form, type Parameter } from "../inject/parameter.ts";
import {
	BuiltInSchema,
	type TextOptions,
} from "../schema/library/built-in/built-in-schema.ts";

/** A client's request for a token, by the password flow of OAuth 2 (RFC 6749 §4.3.2). */
export interface OAuth2PasswordRequest {
	readonly grantType: "password" | null;
	readonly username: string;
	readonly password: string;
	/** The scopes that are asked for: the field `scope`, apart at its blanks. */
	readonly scopes: readonly string[];
	readonly clientId: string | null;
	readonly clientSecret: string | null;
}

/**
 * The form of the password flow: `grant_type`, `username`, `password`, `scope`, `client_id` and `client_secret`, urlencoded or multipart. What is
 * missing is a 422, which never repeats the password.
 *
 * @example
 * ```ts
 * import { App, HTTPException } from "vivace";
 * import { oauth2PasswordRequestForm, verifyPassword } from "vivace/security";
 *
 * const hashes = new Map<string, string>();
 * const app = new App();
 * app.post("/token", { form: oauth2PasswordRequestForm }, async ({ form }) => {
 * 	if (!(await verifyPassword(form.password, hashes.get(form.username)))) throw new HTTPException(400, "Incorrect username or password");
 * 	return { access_token: form.username, token_type: "bearer" };
 * });
 * ```
 * @see FastAPI, "Simple OAuth2 with Password and Bearer", `OAuth2PasswordRequestForm`
 */
export const oauth2PasswordRequestForm: Dependency<OAuth2PasswordRequest> =
	requestForm(
		"OAuth2PasswordRequestForm",
		optionalText({ pattern: "^password$" }),
		"password",
	);

/**
 * {@link oauth2PasswordRequestForm} for clients that must send `grant_type=password`, as OAuth 2 asks.
 * @see FastAPI, `OAuth2PasswordRequestFormStrict`
 */
export const oauth2PasswordRequestFormStrict: Dependency<
	OAuth2PasswordRequest & { readonly grantType: "password" }
> = requestForm(
	"OAuth2PasswordRequestFormStrict",
	text({ pattern: "^password$" }),
	undefined,
) as Dependency<OAuth2PasswordRequest & { readonly grantType: "password" }>; // the pattern says so

/** @param format what the document says of both secrets */
function requestForm(
	name: string,
	grantType: StandardSchemaV1<unknown, string | null>,
	format: string | undefined,
): Dependency<OAuth2PasswordRequest> {
	const secret = { isSecret: true, ...(format && { format }) };
	return dependency(
		{
			grant_type: field(grantType),
			username: field(text()),
			password: field(text(secret)),
			scope: field(text({ default: "" })),
			client_id: field(optionalText()),
			client_secret: field(optionalText(secret)),
		},
		(sent): OAuth2PasswordRequest => ({
			grantType: sent.grant_type as "password" | null, // the pattern says so
			username: sent.username,
			password: sent.password,
			scopes: sent.scope.split(/\s+/).filter((scope) => scope !== ""),
			clientId: sent.client_id,
			clientSecret: sent.client_secret,
		}),
		{ name },
	);
}

function field<Value>(
	schema: StandardSchemaV1<unknown, Value>,
): Parameter<Value> {
	return Form(schema) as Parameter<Value>; // there are no uploads in a text
}

function text(options: TextOptions = {}): StandardSchemaV1<unknown, string> {
	return new BuiltInSchema({ kind: "text", options });
}

function optionalText(
	options: TextOptions = {},
): StandardSchemaV1<unknown, string | null> {
	const optional = { ...options, isNullable: true, default: null };
	return new BuiltInSchema({ kind: "text", options: optional });
}
