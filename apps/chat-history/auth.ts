import { type Dependency, dependency, HTTPException, Query } from "vivace";
import { jwtBearer } from "vivace/security";
import { z } from "zod";
import { UserId } from "./routes/schemas.ts";

/** By what tokens are verified, and for whom they must be. */
export interface AuthSettings {
	/** Where the provider's public keys are. */
	readonly jwksUrl?: string | undefined;
	/** The secret of HS256. */
	readonly secret?: string | undefined;
	readonly audience?: string | undefined;
}

/** Lets users at their own messages alone: what a route needs of it, nothing where everyone may do everything. */
export interface Guard {
	readonly isOn: boolean;
	/** Ask for a token before anything else is made, a session of the database for instance. */
	readonly dependencies: readonly Dependency<unknown>[];
	/** The `user_id` of a query: its schema, or what gives it to this user alone. */
	readonly userId: typeof UserId | Dependency<number>;
	/** The body of routes with `user_id` in it: its schema, or what gives the body to its owner alone. */
	body<Schema extends Owned>(
		schema: Schema,
	): Schema | Dependency<z.output<Schema>>;
	/** The responses that such routes add. */
	readonly responses: Readonly<
		Record<number, { readonly description: string }>
	>;
}

type Owned = z.ZodType<{ readonly user_id: number }>;

const open: Guard = {
	isOn: false,
	dependencies: [],
	userId: UserId,
	body: (schema) => schema,
	responses: {},
};

/** The guard that asks for a token whose subject is the `user_id` of the request; an open one without settings. */
export function createGuard(auth: AuthSettings | undefined): Guard {
	if (auth === undefined) {
		return open;
	}
	const { audience, jwksUrl, secret } = auth;
	const claims = jwtBearer({
		...(secret === undefined
			? { algorithms: ["EdDSA", "ES256", "PS256", "RS256"] }
			: { algorithms: ["HS256"], secret }),
		...(jwksUrl !== undefined && { jwks: jwksUrl }),
		...(audience !== undefined && { audience }),
		claims: z.object({ sub: z.string() }),
	});
	return {
		isOn: true,
		dependencies: [claims],
		userId: dependency(
			{ claims, user_id: Query(UserId) },
			function owner({ claims, user_id }) {
				assertOwner(claims.sub, user_id);
				return user_id;
			},
		),
		body: <Schema extends Owned>(schema: Schema) => {
			const owned: Owned = schema;
			return dependency(
				{ claims, body: owned },
				function owner({ claims, body }) {
					assertOwner(claims.sub, body.user_id);
					return body;
				},
			) as Dependency<z.output<Schema>>; // it gives what the schema does
		},
		responses: {
			401: { description: "There is no token, or none that is valid" },
			403: { description: "The token is another user's" },
		},
	};
}

function assertOwner(subject: string, userId: number): void {
	if (subject !== String(userId)) {
		throw new HTTPException(403, "Not your messages");
	}
}
