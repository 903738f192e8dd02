/** Why a text or a number can't be read as what was asked for, in Pydantic's words. */
export interface Fault {
	readonly fault: string;
}

/** Tells a fault from what was read. */
export function isFault(read: object): read is Fault {
	return "fault" in read;
}
