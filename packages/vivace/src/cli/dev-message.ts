import type { AddressInfo } from "node:net";
import type { FileVersion } from "./file-version.ts";

/** The orders of `vivace dev` to the process in which it runs a program. */
export interface DevProgram {
	/** Tried in turn. */
	readonly files: readonly string[];
	/** Name of the export. */
	readonly app: string | undefined;
	/** Goes before what the program says. */
	readonly host: string | undefined;
	readonly port: number | undefined;
}

/** From the process of a program to `vivace dev`. */
export type ProgramMessage =
	| { readonly type: "file"; readonly file: FileVersion }
	/** It serves an app: it is stopped gracefully from now on, and wants this port to be open. */
	| {
			readonly type: "serving";
			readonly id: number;
			readonly host: string;
			readonly port: number;
			readonly backlog: number;
			readonly isSecure: boolean;
			readonly documentationPath: string | undefined;
	  }
	/** All apps that it serves have started. */
	| { readonly type: "ready" }
	/** An app stops without having been told to: it takes no connection after `last`. */
	| { readonly type: "leaving"; readonly id: number }
	/** An app that was told to stop answers no new request any more. */
	| { readonly type: "left" };

/** From `vivace dev` to the process of a program. */
export type DevMessage =
	/** The answer to `serving`. */
	| {
			readonly type: "listening";
			readonly id: number;
			readonly address: AddressInfo;
	  }
	| {
			readonly type: "refused";
			readonly id: number;
			readonly message: string;
			readonly code: string | undefined;
	  }
	/** A connection for the app that it serves under this number; the socket comes along. */
	| { readonly type: "connection"; readonly id: number }
	/** The answer to `leaving`: no connection follows this message. */
	| { readonly type: "last"; readonly id: number }
	/** Stop, as on a signal; the second time without waiting. */
	| { readonly type: "stop"; readonly times: number };
