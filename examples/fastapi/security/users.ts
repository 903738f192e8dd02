import { z } from "zod";

// a secret of one's own: openssl rand -hex 32
export const secretKey: Uint8Array<ArrayBuffer> = new TextEncoder().encode(
	"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
);
export const algorithm = "HS256";
export const accessTokenExpireMinutes = 30;

export const Token = z
	.object({ access_token: z.string(), token_type: z.string() })
	.meta({ id: "Token" });

export const User = z
	.object({
		username: z.string(),
		email: z.string().nullish(),
		full_name: z.string().nullish(),
		disabled: z.boolean().nullish(),
	})
	.meta({ id: "User" });

export interface UserInDB extends z.infer<typeof User> {
	readonly hashed_password: string;
}

export const johndoe: UserInDB = {
	username: "johndoe",
	full_name: "John Doe",
	email: "johndoe@example.com",
	hashed_password:
		"$argon2id$v=19$m=65536,t=3,p=4$wagCPXjifgvUFBzq4hqe3w$CYaIb8sB+wtD+Vu/P4uod1+Qof8h+1g7bbDlBID48Rc",
	disabled: false,
};
