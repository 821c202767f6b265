import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import 'reflect-metadata';
import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import { ExecutionLifecycleHooks, InstanceSettings, WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	NodeHelpers,
	Workflow,
	type IConnections,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IVersionedNodeType,
	type IWorkflowExecuteAdditionalData,
	type IWorkflowSettings,
	type NodeConnectionType,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

/*
 * Runs small workflows of the package's own node classes in n8n's own engine: no hand-made contexts.
 * Webhook triggers are run by test/webhooks.ts.
 */

export const PACKAGE = 'n8n-nodes-clawbot';

/* eslint-disable @typescript-eslint/no-require-imports -- which class is needed is known at run time. */

/** A node of a test workflow: what is left out is filled in. `type` without a package is one of ours. */
export type TestNode = Partial<INode> & { type: string };

/** A workflow; a plain list of nodes is connected in a line. */
export type TestWorkflow =
	| TestNode[]
	| { nodes: TestNode[]; connections: IConnections; settings?: IWorkflowSettings };

/** Credential data by credential type; every node that can use a type has it selected. */
export type Credentials = Record<string, ICredentialDataDecryptedObject>;

export interface RunOptions {
	/** What the first node gets; plain objects are wrapped. Default: one empty item. */
	items?: Array<INodeExecutionData | IDataObject>;
	credentials?: Credentials;
	/** Node classes of the test itself, by full type name. */
	types?: Record<string, INodeType>;
	executionId?: string;
	signal?: AbortSignal;
	/** Default: `webhook`, as a published workflow runs. */
	mode?: WorkflowExecuteMode;
	/**
	 * The workflow's static data as the database holds them. As n8n does it: an execution that is run again (`retry`)
	 * reads none, and what has changed takes the place of all of them at the end.
	 */
	staticData?: IDataObject;
}

export interface RunResult {
	status: IRun['status'];
	/** Items of a node by its name, a list for each output; the last run of it. */
	outputs: Record<string, INodeExecutionData[][]>;
	/** The error that ended the workflow. */
	error?: Error & { description?: string; node?: INode; context?: IDataObject };
	run: IRun;
}

/** Every line that nodes and engine log: secrets are searched in it. */
export const logged: string[] = [];
const keep =
	(level: string) =>
	(message: string, meta?: unknown): void => {
		logged.push(`${level} ${message} ${JSON.stringify(meta ?? {})}`);
	};
export const logger = {
	error: keep('error'),
	warn: keep('warn'),
	info: keep('info'),
	debug: () => {},
	scoped: () => logger,
};
Container.set(Logger, logger as never);
// The real one writes a settings folder.
const n8nFolder = join(tmpdir(), 'clawbot-test');
Container.set(InstanceSettings, { n8nFolder, hmacSignatureSecret: 'x', instanceId: 'x' } as never);

const loaded = new Map<string, INodeType | IVersionedNodeType>();

/** The node class of a full type name: ours from the sources, others from their installed packages. */
function load(type: string): INodeType | IVersionedNodeType {
	const known = loaded.get(type);
	if (known) return known;
	const dot = type.lastIndexOf('.');
	const [pack, name] = [type.slice(0, dot), type.slice(dot + 1)];
	const node = pack === PACKAGE ? ownNode(name) : installedNode(pack, name);
	loaded.set(type, node);
	return node;
}

/** A fresh instance of one of our node classes; `load` lets a test bring its own module registry. */
export function ownNode(
	name: string,
	load: (file: string) => Record<string, new () => INodeType> = require,
): INodeType {
	const folder = join(__dirname, '../nodes');
	const file = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find(
		(path) => basename(path).toLowerCase() === `${name.toLowerCase()}.node.ts`,
	);
	if (!file) throw new Error(`There is no node ${name} in nodes/`);
	return new (Object.values(load(join(folder, file)))[0]!)();
}

type Authenticate = Extract<ICredentialType['authenticate'], (...given: never[]) => unknown>;

/** The `authenticate` function of one of our credential types. */
function authenticateOf(name: string): Authenticate {
	const className = name[0]!.toUpperCase() + name.slice(1);
	const credential = require(`../credentials/${className}.credentials`)[className];
	return (new credential() as ICredentialType).authenticate as Authenticate;
}

function installedNode(pack: string, name: string): INodeType | IVersionedNodeType {
	const known = require(`${pack}/dist/known/nodes.json`) as Record<
		string,
		{ className: string; sourcePath: string }
	>;
	const { className, sourcePath } = known[name]!;
	return new (require(`${pack}/${sourcePath}`)[className])();
}

export function nodeTypesWith(own: Record<string, INodeType> = {}): INodeTypes {
	return {
		getByName: (type) => own[type] ?? load(type),
		getByNameAndVersion: (type, version) =>
			NodeHelpers.getVersionedNodeType(own[type] ?? load(type), version),
		getKnownTypes: () => ({}),
	};
}

/** The whole node: name and id from its type, the newest version, every credential that is there. */
export function completeNode(node: TestNode, types: INodeTypes, credentials: Credentials): INode {
	const type = node.type.includes('.') ? node.type : `${PACKAGE}.${node.type}`;
	const { description } = types.getByNameAndVersion(type, node.typeVersion);
	const usable = (description.credentials ?? []).filter(({ name }) => name in credentials);
	const hasConnection = description.properties.some(({ name }) => name === 'connection');
	return {
		id: `id of ${node.name ?? description.displayName}`,
		name: description.displayName,
		typeVersion: [description.version].flat().at(-1)!,
		position: [0, 0],
		// By a long connection, a trigger that is run by hand waits for a message.
		parameters: hasConnection ? { connection: 'httpCallback' } : {},
		credentials: Object.fromEntries(
			usable.map(({ name }) => [name, { id: idOf(credentials[name]!), name }]),
		),
		...node,
		type,
	};
}

/** Nodes remember credentials by their id for some seconds: other data, another id. */
function idOf(credential: ICredentialDataDecryptedObject): string {
	return createHash('sha256').update(JSON.stringify(credential)).digest('hex').slice(0, 16);
}

function connectInLine(nodes: INode[]): IConnections {
	const main: NodeConnectionType = 'main';
	return Object.fromEntries(
		nodes
			.slice(0, -1)
			.map(({ name }, index) => [
				name,
				{ main: [[{ node: nodes[index + 1]!.name, type: main, index: 0 }]] },
			]),
	);
}

/** What n8n gives to an execution, without its database. */
export function additionalDataWith(
	credentials: Credentials,
	executionId: string,
): IWorkflowExecuteAdditionalData {
	const origin = 'http://127.0.0.1/';
	const urls = ['restApiUrl', 'instanceBaseUrl', 'webhookBaseUrl', 'webhookWaitingBaseUrl'];
	const more = ['webhookTestBaseUrl', 'formWaitingBaseUrl', 'formBaseUrl', 'formTestBaseUrl'];
	return {
		...Object.fromEntries([...urls, ...more].map((name) => [name, origin])),
		executionId,
		currentNodeExecutionIndex: 0,
		variables: {},
		credentialsHelper: {
			isCredentialUsableByNode: () => true,
			getParentTypes: () => [],
			// As n8n's own helper does it, which needs a database.
			authenticate: async (credential: object, type: string, options: object) =>
				await authenticateOf(type)(credential as never, options as never),
			preAuthentication: async () => undefined,
			getDecrypted: async (_data: unknown, _selected: unknown, type: string) => {
				if (!credentials[type]) throw new Error(`Credential ${type} could not be read`);
				return structuredClone(credentials[type]);
			},
		},
		setExecutionStatus() {},
		sendDataToUI() {},
		logAiEvent() {},
		getRunExecutionData: async () => undefined,
		externalSecretsProxy: {},
	} as unknown as IWorkflowExecuteAdditionalData;
}

/** Runs a workflow from its first node, which gets `items`, to its end. */
export async function runWorkflow(
	workflow: TestWorkflow,
	options: RunOptions = {},
): Promise<RunResult> {
	const { items = [{}], credentials = {}, types = {}, executionId = '1', signal } = options;
	const { mode = 'webhook', staticData = {} } = options;
	const nodeTypes = nodeTypesWith(types);
	const given = Array.isArray(workflow) ? workflow : workflow.nodes;
	const nodes = given.map((node) => completeNode(node, nodeTypes, credentials));
	const connections = Array.isArray(workflow) ? connectInLine(nodes) : workflow.connections;
	const settings = Array.isArray(workflow) ? {} : (workflow.settings ?? {});
	const definition = { id: 'w1', name: 'Test', nodes, connections, active: false, settings };
	const input = items.map((item) =>
		'json' in item ? item : { json: item },
	) as INodeExecutionData[];
	const data = createRunExecutionData({
		executionData: {
			nodeExecutionStack: [{ node: nodes[0]!, data: { main: [input] }, source: null }],
		},
	});
	const additionalData = additionalDataWith(credentials, executionId);
	const hooks = new ExecutionLifecycleHooks(mode, executionId, definition as never);
	const engine = new WorkflowExecute({ ...additionalData, hooks }, mode, data);
	const whole = new Workflow({
		...definition,
		nodeTypes,
		staticData: mode === 'retry' ? {} : structuredClone(staticData),
	});
	const underWay = engine.processRunExecutionData(whole);
	signal?.addEventListener('abort', () => underWay.cancel());
	const run = await underWay;
	if (whole.staticData.__dataChanged) {
		for (const key of Object.keys(staticData)) delete staticData[key];
		Object.assign(staticData, JSON.parse(JSON.stringify(whole.staticData)));
	}
	const { runData, error } = run.data.resultData;
	const outputs = Object.fromEntries(
		Object.entries(runData).map(([name, tasks]) => [
			name,
			(tasks.at(-1)!.data?.main ?? []).map((output) => output ?? []),
		]),
	);
	return { status: run.status, outputs, ...(error && { error: error as RunResult['error'] }), run };
}
