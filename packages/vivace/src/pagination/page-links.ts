import type { Request } from "../http/request.ts";
import type { Response } from "../http/response.ts";

/**
 * How a link is written: `"absolute"` with scheme and host, as the client has asked; `"path"` from the path on, `/notes?page=2`; `"relative"`
 * the query alone, `?page=2`.
 */
export type LinkForm = "absolute" | "path" | "relative";

/** The links of a page in its body, by relation; null where there is no such page, or where it is not known. */
export interface BodyLinks {
	readonly first: string | null;
	/** Null where the items are not counted. */
	readonly last: string | null;
	/** Gives this page again. */
	readonly self: string | null;
	readonly next: string | null;
	readonly prev: string | null;
}

/** Which page a link leads to: the query parameters that differ from those of the request; null leaves one out. */
export type LinkTarget = Readonly<Record<string, string | number | null>>;

/** The pages that a page links to, by their relation (RFC 8288 §3.3, IANA link relations). */
export type LinkTargets = Readonly<
	Partial<Record<keyof BodyLinks, LinkTarget | undefined>>
>;

/** Links and headers of one answer; comes with the parameters of a request whose pages have such. */
export class PageLinks {
	readonly #request: Request;
	readonly #response: Response;

	constructor(request: Request, response: Response) {
		this.#request = request;
		this.#response = response;
	}

	/** Adds the header `Link`, without the page itself; nothing where no other is linked to. */
	writeHeader(targets: LinkTargets, form: LinkForm): void {
		const links = (["first", "prev", "next", "last"] as const).flatMap(
			(relation) => {
				const target = targets[relation];
				return target === undefined
					? []
					: [`<${this.#urlOf(target, form)}>; rel="${relation}"`];
			},
		);
		if (links.length > 0) {
			this.#response.headers.append("link", links.join(", "));
		}
	}

	/** Says how long the list is, where its body has no place for that. */
	writeTotal(total: number): void {
		this.#response.headers.set("x-total-count", String(total));
	}

	/** The links as members of a body. */
	bodyLinks(targets: LinkTargets, form: LinkForm): BodyLinks {
		const urlOf = (target: LinkTarget | undefined): string | null =>
			target === undefined ? null : this.#urlOf(target, form);
		return {
			first: urlOf(targets.first),
			last: urlOf(targets.last),
			self: urlOf(targets.self),
			next: urlOf(targets.next),
			prev: urlOf(targets.prev),
		};
	}

	/** A relative link of the query alone resolves against whatever address the client has asked (RFC 3986 §5.3). */
	#urlOf(target: LinkTarget, form: LinkForm): string {
		const search = this.#search(target);
		if (form === "relative") {
			return search;
		}
		const { baseUrl, routePath } = this.#request;
		const base = baseUrl.slice(0, -1);
		const path = form === "path" ? new URL(`${base}/`).pathname : `${base}/`;
		return `${path.slice(0, -1)}${routePath}`
			.toWellFormed()
			.replaceAll(notInALink, encodeURIComponent)
			.concat(search);
	}

	#search(target: LinkTarget): string {
		const query = new URLSearchParams(this.#request.search);
		for (const [name, value] of Object.entries(target)) {
			if (value === null) {
				query.delete(name);
			} else {
				query.set(name, String(value));
			}
		}
		return `?${query}`;
	}
}

/** The characters that no URL holds as they are (RFC 3986 §2): a path that was sent with one would end the link and could begin another. */
const notInALink = /[^\x21-\x7e]|[<>"\\^`{|}]/gu;
