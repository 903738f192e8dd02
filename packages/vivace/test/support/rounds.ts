/**
 * How often a test of random inputs runs: as often as it says, but for `npm run check`, where an eighth of it tells most (it sets
 * `VIVACE_FEW_ROUNDS`).
 */
export function rounds(all: number): number {
	return process.env.VIVACE_FEW_ROUNDS === "1" ? Math.ceil(all / 8) : all;
}
