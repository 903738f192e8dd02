import { dependency, Header, HTTPException } from "vivace";
import { z } from "zod";

export const tokenHeader = dependency(
	{ x_token: Header(z.string()) },
	({ x_token }) => {
		if (x_token !== "fake-super-secret-token") {
			throw new HTTPException(400, "X-Token header invalid");
		}
	},
);

export const queryToken = dependency({ token: z.string() }, ({ token }) => {
	if (token !== "jessica") {
		throw new HTTPException(400, "No Jessica token provided");
	}
});
