import {
	assertArgument,
	assertOptions,
	type OptionRules,
} from "../errors/options.ts";
import { Response, type ResponseOptions, responseRules } from "./response.ts";

// characters that may stand in a URL, "%" included: a part that is encoded already stays as it is
const notInAUrl = /[^a-z0-9_.\-~:/%#?=@[\]!$&'()*+,;]+/giu;

const { mediaType: _mediaType, ...otherRules } = responseRules;
const rules: OptionRules<Omit<ResponseOptions, "mediaType">> = otherRules;

/**
 * A redirect with an empty body.
 *
 * @param url absolute or relative; characters that a URL can't contain are percent-encoded, encoded ones stay
 * @param options `status` defaults to 307, which keeps method and body; 303 turns it into a GET
 * @see FastAPI, "Custom Response"
 */
export class RedirectResponse extends Response {
	/** The status in the document if the route sets none. */
	static readonly defaultStatus = 307;

	constructor(url: string | URL, options?: Omit<ResponseOptions, "mediaType">) {
		if (options !== undefined) {
			assertOptions(new.target.name || "RedirectResponse", options, rules);
		}
		if (typeof url !== "string" && !(url instanceof URL)) {
			const name = new.target.name || "RedirectResponse";
			assertArgument(name, "url", url, () => "a text or a URL");
		}
		super(null, { ...options, status: options?.status ?? 307 });
		this.headers.set(
			"location",
			String(url).toWellFormed().replaceAll(notInAUrl, encodeURIComponent),
		);
	}
}
