/** A picture that can't be read; the message is meant for whoever sent it. */
export class PictureError extends Error {
	override readonly name = "PictureError";
}
