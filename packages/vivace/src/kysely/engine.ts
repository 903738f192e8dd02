/** Which SQL a database speaks; MariaDB counts as MySQL. */
export type Engine = "sqlite" | "mysql";
