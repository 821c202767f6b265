import { TriggerContext } from 'n8n-core';
import * as n8nWorkflow from 'n8n-workflow';
import {
	Workflow,
	type IDataObject,
	type INodeExecutionData,
	type INodeType,
	type IRun,
	type ITriggerFunctions,
	type ITriggerResponse,
	type WorkflowActivateMode,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import type * as Connections from '../../../../nodes/shared/receive/connection/connections';
import type { whileStarting } from '../../../../nodes/shared/receive/connection/starting';
import type * as Fake from './connection/fakeConnection';
import {
	additionalDataWith,
	completeNode,
	nodeTypesWith,
	runWorkflow,
	type RunResult,
} from '../../../harness';

/*
 * n8n processes with a trigger node whose connection is the test's: n8n's own contexts and engine around the node.
 * What n8n keeps in its database is `Database` here, which outlives the processes.
 */

const TYPE = 'test.streamTrigger';
const WORKFLOW = 'w1';

/** What the trigger's workflow does after it; the test may hold it there. */
export type Work = (items: INodeExecutionData[]) => Promise<void>;

/** n8n's database, and what it says to a new execution. */
export class Database {
	staticData: IDataObject = {};
	credential: Record<string, string> = { app: 'app', secret: 's' };
	/** Items of each execution as it was stored, oldest first. */
	readonly executions: INodeExecutionData[][] = [];
	/** Runs before an execution counts as stored: wait in it, or throw. */
	store: () => Promise<void> = async () => {};
	/** The deduplication keys of executions. */
	readonly keys = new Set<string>();

	/** @returns whether there is none with this key */
	async insert(items: INodeExecutionData[], key?: string): Promise<boolean> {
		await this.store();
		if (key !== undefined && this.keys.has(key)) return false;
		if (key !== undefined) this.keys.add(key);
		this.executions.push(structuredClone(items));
		return true;
	}

	/** Ids of the messages of each execution. */
	get ids(): unknown[][] {
		return this.executions.map((items) => items.map(({ json }) => json.messageId));
	}
}

/** One process: its modules are its own. */
export class Process {
	readonly node: INodeType;
	readonly Connection: typeof Fake.Connection;
	/** How its connections are, as *Judge Connections* asks. */
	readonly connectionStates: typeof Connections.connectionStates;
	private readonly connections: typeof Connections;
	private nodeId = '';
	/** As another trigger joins the connection of an app. */
	readonly join: typeof Connections.join;
	/** As n8n starts another trigger by itself. */
	readonly whileStarting: typeof whileStarting;
	/** The failures of `fakeConnection.ts`, as this process knows them. */
	readonly failures: Pick<typeof Fake, 'away' | 'replaced' | 'wrongSecret'>;
	work: Work = async () => {};
	/** Executions that have ended, oldest first. */
	readonly ended: RunResult[] = [];

	constructor(
		readonly database: Database,
		/** Where executions run, if not here. */
		readonly worker?: Process,
	) {
		let fake!: typeof Fake;
		let node!: INodeType;
		let connections!: typeof Connections;
		let starting!: { whileStarting: typeof whileStarting };
		jest.isolateModules(() => {
			// n8n's own classes are the same for all.
			jest.doMock('n8n-workflow', () => n8nWorkflow);
			fake = load('./connection/fakeConnection');
			node = load<{ triggerNode(): INodeType }>('./streamTriggerNode').triggerNode();
			connections = load('../../../../nodes/shared/receive/connection/connections');
			starting = load('../../../../nodes/shared/receive/connection/starting');
		});
		this.node = node;
		this.Connection = fake.Connection;
		this.failures = fake;
		this.connections = connections;
		this.connectionStates = connections.connectionStates;
		this.join = connections.join;
		this.whileStarting = starting.whileStarting;
	}

	/** How the connection of its trigger is, as the page of bots asks. */
	ownState(): ReturnType<typeof Connections.connectionStateOf> {
		const { connectionStateOf, triggerId } = this.connections;
		return connectionStateOf(triggerId(WORKFLOW, this.nodeId));
	}

	/** Publishes the workflow: gives what `trigger()` gives, or throws what it throws. */
	async publish(
		parameters: IDataObject = {},
		activation?: WorkflowActivateMode,
		workflowId?: string,
	): Promise<ITriggerResponse> {
		const ctx = this.triggerContext(parameters, activation, workflowId);
		return (await this.node.trigger!.call(ctx))!;
	}

	triggerContext(
		parameters: IDataObject = {},
		activation: WorkflowActivateMode = 'activate',
		workflowId = WORKFLOW,
	): ITriggerFunctions {
		const types = nodeTypesWith({ [TYPE]: this.node });
		const credentials = { dingTalkAppApi: this.database.credential };
		const node = completeNode(this.trigger(parameters), types, credentials);
		this.nodeId = node.id;
		const staticData = structuredClone(this.database.staticData);
		const base = { id: workflowId, connections: {}, active: true, nodeTypes: types, staticData };
		const workflow = new Workflow({ ...base, nodes: [node] });
		const data = additionalDataWith(credentials, '');
		data.credentialsHelper.getDecrypted = async () => {
			if (!this.database.credential) throw new Error('the credential could not be read');
			return { ...this.database.credential };
		};
		const emit: ITriggerFunctions['emit'] = (items, _, ended, key) =>
			void this.start(items[0]!, key).then(
				(run) => ended?.resolve(run as IRun),
				(error) => ended?.reject(error as Error),
			);
		return new TriggerContext(
			workflow,
			workflow.getNode(node.name)!,
			data,
			'trigger',
			activation,
			emit,
		);
	}

	/** As n8n starts an execution: stored first, then run here or in the worker. */
	async start(items: INodeExecutionData[], key?: string): Promise<IRun | undefined> {
		if (!(await this.database.insert(items, key))) return undefined;
		const stored = this.database.executions.at(-1)!;
		const given = structuredClone(this.worker ? stored : items);
		const { run } = await (this.worker ?? this).run(given);
		return this.worker ? { ...run, jobId: '1' } : run;
	}

	async run(
		items: INodeExecutionData[],
		{
			mode = 'trigger',
			parameters = {},
			signal,
		}: {
			mode?: WorkflowExecuteMode;
			parameters?: IDataObject;
			signal?: AbortSignal;
		} = {},
	): Promise<RunResult> {
		const { work } = this;
		const worker = {
			description: { displayName: 'Work', version: 1, properties: [] },
			async execute(this: { getInputData(): INodeExecutionData[] }) {
				await work(this.getInputData());
				return [this.getInputData()];
			},
		} as unknown as INodeType;
		const result = await runWorkflow(
			[this.trigger(parameters), { type: 'test.work', name: 'Work' }],
			{
				items,
				mode,
				credentials: { dingTalkAppApi: this.database.credential },
				types: { [TYPE]: this.node, 'test.work': worker },
				staticData: this.database.staticData,
				...(signal && { signal }),
			},
		);
		this.ended.push(result);
		return result;
	}

	private trigger(parameters: IDataObject) {
		return { type: TYPE, name: 'Trigger', typeVersion: 3, parameters: parameters as never };
	}
}

/* eslint-disable-next-line @typescript-eslint/no-require-imports -- each process has modules of its own. */
const load = <T>(file: string): T => require(file) as T;

/** Holds something until it is released. */
export function gate(): { wait: () => Promise<void>; release: () => void } {
	let release!: () => void;
	const released = new Promise<void>((resolve) => (release = resolve));
	return { wait: async () => await released, release };
}
