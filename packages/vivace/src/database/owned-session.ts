import type {
	DatabaseSessions,
	Session,
	SessionOptions,
} from "vivace-database";
import type { Request } from "../http/request.ts";
import { unitOf } from "../inject/absent-request.ts";

/** The session of a request or of `app.scope()`. */
export interface OwnedSession<Tables> {
	readonly session: Session<Tables>;
	/** Whoever opened it before for the same request ends it. */
	readonly isJoined: boolean;
	/** To be called when it was committed or rolled back. */
	readonly end: () => void;
}

/**
 * The session that a request has already, else a new one. Within the session of another (an app that is asked by `app.fetch`, an
 * `app.scope()` in a handler or in another scope) it is a nested part of that: if it fails, the other may go on and store its own.
 */
export async function ownedSession<Tables>(
	database: DatabaseSessions<Tables>,
	request: Request,
	options: SessionOptions,
): Promise<OwnedSession<Tables>> {
	const owner = unitOf(request);
	const outer = database.currentSession();
	if (outer?.isOpen !== true) {
		const session = database.session({
			...options,
			signal: () => request.signal,
		});
		session.owner = owner;
		return { session, isJoined: false, end: nothing };
	}
	if (outer.owner === owner) {
		return { session: outer, isJoined: true, end: nothing };
	}
	const { session, end } = await outer.beginNested();
	session.owner = owner;
	return { session, isJoined: false, end };
}

function nothing(): void {}
