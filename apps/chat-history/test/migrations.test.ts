import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { sql } from "kysely";
import { migrate, openDatabase } from "vivace/database";
import { MariaDb } from "../../../packages/vivace/test/support/mariadb.ts";
import { MessageStore } from "../storage/message-store.ts";
import { migrations } from "../storage/migrations.ts";
import type { ChatTables } from "../storage/tables.ts";
import { engines } from "./engines.ts";

for (const { name, missing, start } of engines) {
	test(`the schema on ${name} can be made, taken back and made again`, {
		skip: missing ?? false,
	}, async () => {
		await using place = await start();
		await using database = await openDatabase<ChatTables>(place.options);
		assert.equal((await migrate(database, migrations)).length, 4);
		await migrate(database, migrations, "none");
		assert.deepEqual(await database.db.introspection.getTables(), []);
		await migrate(database, migrations);
		const store = new MessageStore(database.db);
		await store.store({
			userId: 1,
			conversationId: "c",
			role: "user",
			content: "kept",
		});
		assert.deepEqual(await migrate(database, migrations), []);
		assert.equal((await store.history(1, "c")).length, 1);
	});
}

suite("the schema on MariaDB", { skip: MariaDb.missing ?? false }, () => {
	test("has the columns, defaults, indexes and comments of the original service", async () => {
		await using server = await MariaDb.start();
		await using database = await openDatabase<ChatTables>({
			mysql: server.account,
		});
		await migrate(database, migrations);
		const { rows } = await sql<Record<string, string>>`
			select column_name as name, column_type as type, is_nullable as nullable, column_default as preset, extra,
				column_comment <> '' as described
			from information_schema.columns where table_schema = database() and table_name = 'chat_history'
			order by ordinal_position`.execute(database.db);
		assert.deepEqual(
			rows.map(({ name, type, nullable, preset, extra, described }) =>
				[name, type, nullable, preset, extra, described].join(" | "),
			),
			[
				"id | int(11) | NO |  | auto_increment | 1",
				"user_id | int(11) | NO |  |  | 1",
				"conversation_id | varchar(50) | NO |  |  | 1",
				"role | enum('user','assistant') | NO |  |  | 1",
				"content | text | NO |  |  | 1",
				"entry_time | timestamp | NO | current_timestamp() |  | 1",
				"modify_time | timestamp | NO | current_timestamp() | on update current_timestamp() | 1",
			],
		);
		const indexes = await sql<{ name: string; columns: string }>`
			select index_name as name, group_concat(column_name order by seq_in_index) as columns
			from information_schema.statistics where table_schema = database() and table_name = 'chat_history'
			group by index_name order by index_name`.execute(database.db);
		assert.deepEqual(indexes.rows, [
			{ name: "idx_user_conv", columns: "user_id,conversation_id" },
			{
				name: "idx_user_conv_time",
				columns: "user_id,conversation_id,entry_time",
			},
			{ name: "PRIMARY", columns: "id" },
		]);
	});

	test("takes over the table of the original service without loss", async () => {
		await using server = await MariaDb.start();
		await using database = await openDatabase<ChatTables>({
			mysql: server.account,
		});
		const { db } = database;
		await sql`
			CREATE TABLE chat_history (
				id INT AUTO_INCREMENT PRIMARY KEY COMMENT '主键',
				user_id INT NOT NULL COMMENT '用户',
				conversation_id VARCHAR(50) NOT NULL COMMENT '会话',
				role ENUM('user', 'assistant') NOT NULL COMMENT '角色',
				content TEXT NOT NULL COMMENT '内容',
				entry_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP COMMENT '创建时间',
				modify_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP COMMENT '修改时间',
				INDEX idx_user_conv (user_id, conversation_id)
			) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='聊天记录'`.execute(db);
		await sql`insert into chat_history (user_id, conversation_id, role, content)
			values (1, 'c', 'user', '请介绍一下北京'), (1, 'c', 'assistant', '北京是...')`.execute(
			db,
		);
		await migrate(database, migrations);
		const store = new MessageStore(db);
		await store.store({
			userId: 1,
			conversationId: "c",
			role: "user",
			content: "谢谢",
		});
		assert.deepEqual(await store.history(1, "c"), [
			{ role: "user", content: "请介绍一下北京" },
			{ role: "assistant", content: "北京是..." },
			{ role: "user", content: "谢谢" },
		]);
		const newest = store.conversation(1, "c", "newest").limit(1);
		assert.equal((await newest.executeTakeFirst())?.id, 3);
	});
});
