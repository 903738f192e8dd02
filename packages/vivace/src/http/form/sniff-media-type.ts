/** How many of the first bytes tell a media type (MIME Sniffing Standard §5.2). */
export const resourceHeaderBytes = 1445;

/** Bytes at a place, in latin-1; `.` stands for any byte. */
type Signature = readonly [mediaType: string, pattern: string, offset?: number];

/** MIME Sniffing Standard §6 and §7.1, and what else is uploaded often. */
const signatures: readonly Signature[] = [
	["image/png", "\x89PNG\r\n\x1a\n"],
	["image/jpeg", "\xff\xd8\xff"],
	["image/gif", "GIF87a"],
	["image/gif", "GIF89a"],
	["image/webp", "RIFF....WEBPVP"],
	["image/bmp", "BM"],
	["image/tiff", "II*\0"],
	["image/tiff", "MM\0*"],
	["image/x-icon", "\0\0\x01\0"],
	["image/x-icon", "\0\0\x02\0"],
	["image/avif", "ftypavif", 4],
	["image/avif", "ftypavis", 4],
	["image/heic", "ftypheic", 4],
	["image/heic", "ftypheix", 4],
	["image/heif", "ftypmif1", 4],
	["video/quicktime", "ftypqt  ", 4],
	["audio/mp4", "ftypM4A ", 4],
	["video/mp4", "ftyp", 4],
	["video/avi", "RIFF....AVI "],
	["audio/wave", "RIFF....WAVE"],
	["audio/aiff", "FORM....AIFF"],
	["application/ogg", "OggS\0"],
	["audio/midi", "MThd\0\0\0\x06"],
	["audio/mpeg", "ID3"],
	["audio/flac", "fLaC"],
	["application/pdf", "%PDF-"],
	["application/postscript", "%!PS-Adobe-"],
	["application/x-gzip", "\x1f\x8b\b"],
	["application/zip", "PK\x03\x04"],
	["application/zip", "PK\x05\x06"],
	["application/zstd", "\x28\xb5\x2f\xfd"],
	["application/x-7z-compressed", "7z\xbc\xaf\x27\x1c"],
	["application/x-rar-compressed", "Rar!\x1a\x07"],
	["application/wasm", "\0asm"],
	["application/vnd.sqlite3", "SQLite format 3\0"],
	["font/woff", "wOFF"],
	["font/woff2", "wOF2"],
	["font/otf", "OTTO"],
	["font/ttf", "\0\x01\0\0"],
	["application/x-executable", "\x7fELF"],
];

const matroska = "\x1aE\xdf\xa3";

/**
 * The media type that a content shows by its first bytes, whatever the client calls it; `undefined` where it shows none (texts show none:
 * CSV, JSON and SVG look alike).
 *
 * @see MIME Sniffing Standard §6 and §7.1
 */
export function sniffMediaType(head: Uint8Array): string | undefined {
	const { buffer, byteOffset } = head;
	const length = Math.min(head.length, resourceHeaderBytes);
	const text = Buffer.from(buffer, byteOffset, length).toString("latin1");
	if (text.startsWith(matroska)) {
		return text.slice(0, 64).includes("webm")
			? "video/webm"
			: "video/x-matroska";
	}
	const found = signatures.find(([, pattern, offset = 0]) =>
		startsWith(text, pattern, offset),
	);
	return found?.[0] ?? (isMp3(head) ? "audio/mpeg" : undefined);
}

function startsWith(text: string, pattern: string, offset: number): boolean {
	if (text.length < offset + pattern.length) {
		return false;
	}
	for (let index = 0; index < pattern.length; index++) {
		const expected = pattern[index];
		if (expected !== "." && expected !== text[offset + index]) {
			return false;
		}
	}
	return true;
}

/** A frame of MPEG audio, layer III, without ID3 before it. */
function isMp3([first, second = 0, third = 0]: Uint8Array): boolean {
	const isFrame = first === 0xff && (second & 0xe6) === 0xe2;
	const hasBitRate = third >> 4 !== 0 && third >> 4 !== 15;
	return isFrame && hasBitRate && (third & 0x0c) !== 0x0c;
}
