import { existsSync } from "node:fs";
import { findProgram } from "./find-program.ts";
import { freePort } from "./free-port.ts";
import { MariaDb } from "./mariadb.ts";
import { until } from "./until.ts";

/** Where distributions put the replication library. */
const galeraLibraries = [
	"/usr/lib/galera/libgalera_smm.so",
	"/usr/lib/galera-4/libgalera_smm.so",
	"/usr/lib64/galera-4/libgalera_smm.so",
];
/** Ports that a node needs beside SQL's: the group's, and the two that state is transferred over. */
const portsOfGroup = 3;

/** How soon a member that is silent is voted out. Nothing is committed until then. All five belong together. */
const tunedEviction =
	"evs.keepalive_period=PT0.3S;evs.inactive_check_period=PT0.2S;evs.suspect_timeout=PT1S;evs.inactive_timeout=PT3S;evs.install_timeout=PT3S";

/** A Galera cluster of three nodes on this machine, gone at the end. */
export class Galera implements AsyncDisposable {
	readonly nodes: readonly [MariaDb, MariaDb, MariaDb];

	private constructor(nodes: readonly [MariaDb, MariaDb, MariaDb]) {
		this.nodes = nodes;
	}

	/** Why tests with a cluster can't run here; undefined if they can. For the `skip` of a test. */
	static get missing(): string | undefined {
		if (MariaDb.missing) {
			return MariaDb.missing;
		}
		const isThere = galeraLibraries.some(existsSync) && findProgram("rsync");
		if (isThere || process.env.VIVACE_NO_SKIP === "1") {
			return undefined;
		}
		return "install galera-4 rsync";
	}

	/** Starts three nodes from nothing; they are in sync when it resolves. */
	static async start(): Promise<Galera> {
		const groupPorts = [
			await freePort(portsOfGroup),
			await freePort(portsOfGroup),
			await freePort(portsOfGroup),
		];
		const prepare = (index: number) =>
			MariaDb.prepare(flagsOf(groupPorts, index));
		const cluster = new Galera(
			await Promise.all([prepare(0), prepare(1), prepare(2)]),
		);
		try {
			const [first, ...others] = cluster.nodes;
			await first.resume(["--wsrep-new-cluster"]);
			await first.createAccount();
			for (const node of others) {
				await node.resume();
			}
			await Promise.all(cluster.nodes.map(isSynced));
			return cluster;
		} catch (error) {
			await cluster[Symbol.asyncDispose]();
			throw error;
		}
	}

	/** Starts a node that was stopped and waits until it has caught up. */
	async rejoin(node: MariaDb): Promise<void> {
		await node.resume();
		await isSynced(node);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const node of this.nodes) {
			await node[Symbol.asyncDispose]();
		}
	}
}

/** Resolves when the node has caught up with the cluster. */
export async function isSynced(node: MariaDb): Promise<void> {
	await until(async () => {
		try {
			return (await status(node, "wsrep_local_state_comment")) === "Synced";
		} catch {
			return false; // while it takes a state over it may close connections; whoever waits has a limit
		}
	});
}

/** Whether the node is in the part of the cluster that has the majority. */
export async function isPrimary(node: MariaDb): Promise<boolean> {
	return (await status(node, "wsrep_cluster_status")) === "Primary";
}

async function status(node: MariaDb, name: string): Promise<unknown> {
	const [row] = await node.root(`show status like '${name}'`);
	return row?.Value;
}

function flagsOf(groupPorts: readonly number[], index: number): string[] {
	const address = (port: number) => `127.0.0.1:${port}`;
	const port = Number(groupPorts[index]);
	return [
		"--binlog-format=ROW",
		"--default-storage-engine=InnoDB",
		"--innodb-autoinc-lock-mode=2",
		"--innodb-flush-log-at-trx-commit=2",
		"--max-connections=200",
		"--wsrep-on=ON",
		`--wsrep-provider=${galeraLibraries.find(existsSync)}`,
		"--wsrep-cluster-name=vivace",
		`--wsrep-cluster-address=gcomm://${groupPorts.map(address).join(",")}`,
		`--wsrep-node-name=n${index + 1}`,
		`--wsrep-node-address=${address(port)}`,
		"--wsrep-slave-threads=2",
		"--wsrep-sst-method=rsync",
		`--wsrep-sst-receive-address=${address(port + 2)}`,
		// A donor takes no writes while it gives its data away: not the one that is written to, if it can be helped.
		"--wsrep-sst-donor=n3,n2,n1",
		`--wsrep-provider-options=base_port=${port};gmcast.listen_addr=tcp://${address(port)};ist.recv_addr=${address(port + 1)};gcache.size=32M;pc.recovery=false;${tunedEviction}`,
	];
}
