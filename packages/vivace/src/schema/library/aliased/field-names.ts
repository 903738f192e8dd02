/** How the fields of a schema are called on the wire. */
export interface AliasRule {
	/** The name of a field at any depth that {@link AliasRule.aliases} does not name. Default: its own. */
	readonly aliasGenerator?: (own: string) => string;
	/** Names of single fields of the schema itself, by their own; of several the first is written, all are read, the first found counts. */
	readonly aliases?: Readonly<
		Record<string, string | readonly string[] | undefined>
	>;
	/** True when a field is read by its own name too. */
	readonly populateByName?: boolean;
}

/** The names of a field on the wire: the first is the one that is written. */
export function wireNames(
	own: string,
	{ aliasGenerator, aliases = {}, populateByName }: AliasRule,
	isRoot: boolean,
): readonly [string, ...string[]] {
	const given =
		isRoot && Object.hasOwn(aliases, own) ? aliases[own] : undefined;
	const [first = aliasGenerator?.(own) ?? own, ...others] = [
		given ?? [],
	].flat();
	return populateByName === true && first !== own && !others.includes(own)
		? [first, ...others, own]
		: [first, ...others];
}
