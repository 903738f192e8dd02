/** A statement about a savepoint; the backticks are understood by MySQL, MariaDB and SQLite. */
export function savepointSql(command: string, name: string): string {
	return `${command} \`${name.replaceAll("`", "``")}\``;
}
