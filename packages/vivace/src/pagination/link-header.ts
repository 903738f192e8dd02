import type { Request } from "../http/request.ts";
import type { Response } from "../http/response.ts";

/** Which page a link leads to: the query parameters that differ from those of the request; null leaves one out. */
export type LinkTarget = Readonly<Record<string, string | number | null>>;

/** The pages that a page links to, by their relation (RFC 8288 §3.3, IANA link relations). */
export type LinkTargets = Readonly<
	Partial<Record<"first" | "prev" | "next" | "last", LinkTarget | undefined>>
>;

/** Writes the links of one answer; comes with the parameters of a request whose pages have links. */
export class LinkWriter {
	readonly #request: Request;
	readonly #response: Response;
	readonly #isAbsolute: boolean;

	constructor(request: Request, response: Response, isAbsolute: boolean) {
		this.#request = request;
		this.#response = response;
		this.#isAbsolute = isAbsolute;
	}

	/** Adds the header `Link`; nothing where no page is linked to. */
	write(targets: LinkTargets): void {
		const links = Object.entries(targets).flatMap(([relation, target]) =>
			target === undefined
				? []
				: [`<${this.#base}${this.#search(target)}>; rel="${relation}"`],
		);
		if (links.length > 0) {
			this.#response.headers.append("link", links.join(", "));
		}
	}

	/** A relative link of the query alone resolves against whatever address the client has asked (RFC 3986 §5.3). */
	get #base(): string {
		if (!this.#isAbsolute) {
			return "";
		}
		const { baseUrl, routePath } = this.#request;
		return `${baseUrl.slice(0, -1)}${routePath}`
			.toWellFormed()
			.replaceAll(notInALink, encodeURIComponent);
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
