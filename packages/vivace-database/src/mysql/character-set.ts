import {
	type CreateTableNode,
	MysqlQueryCompiler,
	type QueryExecutorProvider,
	RawNode,
	sql,
} from "kysely";

/** Character sets that hold every text. */
const whole = /^(?:utf8mb4|utf16|utf16le|utf32|gb18030)$/i;

/** A schema's own character set, for the tables that are made in it. */
export interface SchemaCharacters {
	/** True when tables have to say that theirs is utf8mb4. */
	isPoor: boolean;
}

/**
 * Looks at the schema's own character set, which every table has that names none, and so asks whether the server answers at all.
 *
 * @param log gets a line when it can't hold all text: an emoji is refused there, or stored as a question mark
 */
export async function checkCharacters(
	db: QueryExecutorProvider,
	characters: SchemaCharacters,
	log: (line: string) => void,
): Promise<void> {
	const { rows } = await sql<{ name: string | null; charset: string | null }>`
		select database() as name, @@character_set_database as charset`.execute(db);
	const { name, charset } = rows[0] ?? {};
	if (!charset || whole.test(charset)) {
		return;
	}
	characters.isPoor = true;
	log(
		`the schema "${name}" has the character set ${charset}, which can't hold all text (no emoji): "alter database \`${name}\` character set utf8mb4", ` +
			'and "alter table … convert to character set utf8mb4" for each table that is there. Tables that db.schema makes are utf8mb4 in any case.',
	);
}

/** MySQL's SQL, with a character set in tables that name none where that of the schema can't hold all text. */
export class CharacterQueryCompiler extends MysqlQueryCompiler {
	readonly #characters: SchemaCharacters;

	constructor(characters: SchemaCharacters) {
		super();
		this.#characters = characters;
	}

	protected override visitCreateTable(node: CreateTableNode): void {
		super.visitCreateTable(
			this.#characters.isPoor && !saysCharacters(node)
				? {
						...node,
						endModifiers: [
							...(node.endModifiers ?? []),
							RawNode.createWithSql("default character set utf8mb4"),
						],
					}
				: node,
		);
	}
}

/** True for a table that says it, or is made of a query's columns. */
function saysCharacters({
	endModifiers,
	selectQuery,
}: CreateTableNode): boolean {
	return (
		selectQuery !== undefined ||
		/charset|character set|collate/i.test(JSON.stringify(endModifiers ?? []))
	);
}
