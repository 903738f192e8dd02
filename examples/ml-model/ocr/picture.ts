import { Tensor } from "onnxruntime-node";
import sharp from "sharp";
import { PictureError } from "./picture-error.ts";

/** A decoded picture. */
export interface Picture {
	readonly width: number;
	readonly height: number;
	/** Row by row, three bytes a pixel: red, green, blue. */
	readonly pixels: Uint8Array;
}

/** A rectangle in pixels, from the upper left corner of the picture. */
export interface Box {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

/** A file of a few kilobytes can unfold to gigabytes. */
const maxPixels = 16_000_000;

// the other formats that sharp can read (SVG, TIFF, PDF, …) are nothing that a stranger should be able to reach
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
	operation: ["VipsForeignLoadPngBuffer", "VipsForeignLoadJpegBuffer"],
});

/**
 * Decodes a PNG or JPEG picture, turned the right way up, on white where it is transparent.
 *
 * @throws PictureError when it is none, is damaged, or has more than 16 million pixels
 */
export async function decodePicture(bytes: Uint8Array): Promise<Picture> {
	try {
		const image = sharp(bytes, { limitInputPixels: false });
		const { width, height } = await image.metadata();
		if (width * height > maxPixels) {
			throw new PictureError(
				`The picture has ${width} × ${height} pixels; at most ${maxPixels} are read`,
			);
		}
		image.autoOrient().flatten({ background: "white" }).toColourspace("srgb");
		const { data, info } = await image
			.raw()
			.toBuffer({ resolveWithObject: true });
		return { width: info.width, height: info.height, pixels: data };
	} catch (cause) {
		if (cause instanceof PictureError) {
			throw cause;
		}
		throw new PictureError("The picture is no PNG or JPEG, or it is damaged", {
			cause,
		});
	}
}

/** A part of a picture, stretched to a size. */
export async function scaledPart(
	{ width, height, pixels }: Picture,
	part: Box,
	size: { readonly width: number; readonly height: number },
): Promise<Picture> {
	const image = sharp(pixels, { raw: { width, height, channels: 3 } })
		.extract({
			left: part.x,
			top: part.y,
			width: part.width,
			height: part.height,
		})
		.resize({ ...size, fit: "fill" });
	return { ...size, pixels: await image.raw().toBuffer() };
}

/** The input of the models: one plane for blue, green and red each, normalised. */
export function toTensor(
	{ width, height, pixels }: Picture,
	means: readonly [number, number, number],
	deviations: readonly [number, number, number],
): Tensor {
	const size = width * height;
	const planes = new Float32Array(3 * size);
	for (const channel of [0, 1, 2] as const) {
		for (let pixel = 0; pixel < size; pixel++) {
			const value = (pixels[3 * pixel + 2 - channel] as number) / 255;
			planes[channel * size + pixel] =
				(value - means[channel]) / deviations[channel];
		}
	}
	return new Tensor("float32", planes, [1, 3, height, width]);
}
