import { formError } from "./form-error.ts";
import { headerOptions } from "./header-options.ts";

/** How a form is written, by its `Content-Type`. */
export type FormEncoding =
	| { readonly kind: "urlencoded" }
	| { readonly kind: "other" }
	| { readonly kind: "multipart"; readonly boundary: string };

/** @throws HTTPException 400 for multipart without a boundary */
export function formEncoding(contentType: string | undefined): FormEncoding {
	const [essence = ""] = contentType?.split(";", 1) ?? [];
	switch (essence.trim().toLowerCase()) {
		case "application/x-www-form-urlencoded":
			return { kind: "urlencoded" };
		case "multipart/form-data": {
			const boundary = headerOptions(contentType ?? "").get("boundary");
			if (boundary === undefined) {
				throw formError("Missing boundary in multipart.");
			}
			// RFC 2046 §5.1.1: at most 70 characters; some clients send more
			if (boundary === "" || boundary.length > 256) {
				throw formError("Invalid multipart data.");
			}
			return { kind: "multipart", boundary };
		}
		default:
			return { kind: "other" };
	}
}
