import { type Kysely, sql } from "kysely";
import { engineOf, type Migrations } from "vivace/database";

/**
 * The schema on both engines. Each migration may be run twice, because MySQL can't undo a change of the schema, and the first one finds
 * the table there when the database was made by the service that this one replaces.
 */
export const migrations: Migrations = {
	"001_chat_history": {
		async up(db) {
			if (engineOf(db) === "mysql") {
				await createOnMysql(db);
			} else {
				await createOnSqlite(db);
			}
		},
		async down(db) {
			await db.schema.dropTable("chat_history").ifExists().execute();
		},
	},
	"002_index_by_time": {
		// Entry times have a resolution of a second. The primary key that every index ends with makes the order total, so that a page
		// from the middle of a long conversation costs what the first one costs.
		async up(db) {
			if (await hasIndex(db, "idx_user_conv_time")) {
				return;
			}
			await db.schema
				.createIndex("idx_user_conv_time")
				.on("chat_history")
				.columns(["user_id", "conversation_id", "entry_time"])
				.execute();
		},
		async down(db) {
			const drop = db.schema.dropIndex("idx_user_conv_time");
			await (engineOf(db) === "mysql"
				? drop.on("chat_history")
				: drop
			).execute();
		},
	},
	"003_chat_request": {
		async up(db) {
			await db.schema
				.createTable("chat_request")
				.ifNotExists()
				.addColumn("user_id", "integer", (column) => column.notNull())
				.addColumn("request_key", "varchar(255)", (column) => column.notNull())
				.addColumn("message_id", "integer", (column) => column.notNull())
				.addPrimaryKeyConstraint("pk_chat_request", ["user_id", "request_key"])
				.$call((table) =>
					engineOf(db) === "mysql"
						? table.modifyEnd(
								sql`engine=InnoDB default charset=ascii collate=ascii_bin comment='Messages by the key of the request that stored them'`,
							)
						: table,
				)
				.execute();
		},
		async down(db) {
			await db.schema.dropTable("chat_request").ifExists().execute();
		},
	},
};

/** Identifiers are compared byte by byte, as SQLite does it: hence the binary collation. */
async function createOnMysql(db: Kysely<unknown>): Promise<void> {
	await sql`
		create table if not exists chat_history (
			id int auto_increment primary key comment 'Message',
			user_id int not null comment 'User',
			conversation_id varchar(50) not null comment 'Conversation (session_id)',
			role enum('user', 'assistant') not null comment 'Who said it',
			content text not null comment 'What was said',
			entry_time timestamp not null default current_timestamp comment 'Stored at',
			modify_time timestamp not null default current_timestamp on update current_timestamp comment 'Changed at',
			index idx_user_conv (user_id, conversation_id)
		) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_bin comment='Chat history'`.execute(
		db,
	);
}

async function createOnSqlite(db: Kysely<unknown>): Promise<void> {
	await sql`
		create table if not exists chat_history (
			id integer primary key autoincrement,
			user_id int not null,
			conversation_id varchar(50) not null,
			role text not null check (role in ('user', 'assistant')),
			content text not null,
			entry_time timestamp not null default current_timestamp,
			modify_time timestamp not null default current_timestamp
		)`.execute(db);
	await sql`create index if not exists idx_user_conv on chat_history (user_id, conversation_id)`.execute(
		db,
	);
	// As ON UPDATE CURRENT_TIMESTAMP does on MySQL.
	await sql`
		create trigger if not exists chat_history_modify_time after update on chat_history
		when new.modify_time = old.modify_time
		begin
			update chat_history set modify_time = current_timestamp where id = new.id;
		end`.execute(db);
}

async function hasIndex(db: Kysely<unknown>, name: string): Promise<boolean> {
	const { rows } =
		engineOf(db) === "mysql"
			? await sql`select 1 from information_schema.statistics
					where table_schema = database() and table_name = 'chat_history' and index_name = ${name}`.execute(
					db,
				)
			: await sql`select 1 from sqlite_schema where type = 'index' and name = ${name}`.execute(
					db,
				);
	return rows.length > 0;
}
