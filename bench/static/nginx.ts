import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The command that starts nginx on a folder, with one process and all else as it comes; `undefined` where it is not installed. */
export function nginxCommand(
	folder: string,
	files: string,
	port: number,
): readonly [program: string, ...args: string[]] | undefined {
	try {
		execFileSync("nginx", ["-v"], { stdio: "ignore" });
	} catch {
		return undefined;
	}
	mkdirSync(folder, { recursive: true });
	const file = join(folder, "nginx.conf");
	writeFileSync(
		file,
		`daemon off; master_process off; pid ${folder}/pid; error_log stderr;
events {}
http {
	access_log off; sendfile on; keepalive_requests 1000000000;
	types { text/css css; application/octet-stream bin; }
	client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
	uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
	server { listen 127.0.0.1:${port}; root ${files}; }
}
`,
	);
	return ["nginx", "-c", file, "-e", "stderr"];
}
