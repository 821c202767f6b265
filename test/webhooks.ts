import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Container } from '@n8n/di';
import { ErrorReporter, TriggerContext } from 'n8n-core';
import {
	Workflow,
	type IDataObject,
	type INodeExecutionData,
	type INodeType,
	type ITriggerFunctions,
} from 'n8n-workflow';
import {
	additionalDataWith,
	completeNode,
	logger,
	nodeTypesWith,
	ownNode,
	PACKAGE,
	type Credentials,
	type TestNode,
} from './harness';
import * as Intake from '../nodes/shared/receive/intake';

/*
 * Trigger nodes behind n8n's own webhook code: its body reader, its lookup, `executeWebhook` and its way
 * of answering, on a real HTTP server. Only what stores things is a stand-in, kept in memory: executions
 * (which can be made slow or to fail) and the workflow's static data, read per request as n8n does.
 */

/** An execution that n8n has stored. */
export interface StoredExecution {
	node: string;
	/** Of the trigger's first output. */
	items: INodeExecutionData[];
	/** n8n stores a failed execution where `webhook()` has thrown. */
	error?: { message: string };
}

export interface WebhookRunner {
	/** Address of the first trigger. */
	url: string;
	urlOf(nodeName: string): string;
	executions: StoredExecution[];
	/** The `json` of every stored item, in the order of storing. */
	messages(): IDataObject[];
	/** Runs before an execution counts as stored: wait in it, or throw. */
	store: (items: INodeExecutionData[]) => Promise<void>;
	/** The workflow's static data as the database holds it. */
	staticData: IDataObject;
	/** Requests that n8n has not finished with, whether or not their callers still wait. */
	pending(): number;
	/** Publishes the workflow, as far as its triggers go: their checks throw. */
	publish(): Promise<void>;
	/** What n8n gives to the `trigger()` of a node; `emit` is how that hands items to n8n. */
	triggerContext(nodeName: string, emit: ITriggerFunctions['emit']): ITriggerFunctions;
	/** The intake of the process that runs now. */
	intake: typeof Intake;
	/** The trigger nodes of that process, by full type name. */
	types: Record<string, INodeType>;
	/** Another process begins: the nodes' memory is gone, static data stays. */
	restart(): void;
	close(): Promise<void>;
}

/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-require-imports --
   n8n's inner modules have no types, and n8n's own express is not ours to import. */
const from = (path: string): any => require(`n8n/dist/${path}`);
const { LiveWebhooks } = from('webhooks/live-webhooks');
const { WebhookService } = from('webhooks/webhook.service');
const { WorkflowStaticDataService } = from('workflows/workflow-static-data.service');
const { createWebhookHandlerFor } = from('webhooks/webhook-request-handler');
const { rawBodyReader } = from('middlewares/body-parser');
const AdditionalData = from('workflow-execute-additional-data');
const express = require(
	require.resolve('express', { paths: [require.resolve('n8n/package.json')] }),
);

/** What n8n's webhook code asks for and these tests do not. */
const stubs: Array<[path: string, name: string, instance: object]> = [
	[
		'services/ownership.service',
		'OwnershipService',
		{ getWorkflowProjectCached: async () => ({ id: 'p1', name: 'Project' }) },
	],
	['auth/auth.service', 'AuthService', {}],
	['webhooks/engine-v2-webhooks', 'EngineV2Webhooks', { handles: () => false }],
	['services/workflow-statistics.service', 'WorkflowStatisticsService', { emit() {} }],
	['events/event.service', 'EventService', { emit() {} }],
	[
		'active-executions',
		'ActiveExecutions',
		{ setResponseMode() {}, getPostExecutePromise: async () => undefined },
	],
	[
		'metrics/prometheus/webhook-and-form-metrics.service',
		'PrometheusWebhookAndFormMetricsService',
		{ observeWebhookRequest() {} },
	],
];
for (const [path, name, instance] of stubs) Container.set(from(path)[name], instance as never);
const reporter = { error: (error: Error) => logger.error(error.message) };
Container.set(ErrorReporter, reporter as never);

/** Stores executions in the runner's list, where n8n's own would write them to its database and run them. */
function useStore(runner: WebhookRunner): void {
	Container.set(from('workflow-runner').WorkflowRunner, {
		async run({ executionData: data }: any): Promise<string> {
			const [entry] = data.executionData.nodeExecutionStack;
			const items = structuredClone(entry.data.main[0] ?? []) as INodeExecutionData[];
			await runner.store(items);
			const { error } = data.resultData;
			runner.executions.push({ node: entry.node.name, items, ...(error && { error }) });
			return String(runner.executions.length);
		},
	} as never);
}

/** Serves the triggers of one workflow, to whom the platform would send. One runner at a time. */
export async function startWebhooks(
	triggers: TestNode[],
	credentials: Credentials,
): Promise<WebhookRunner> {
	const own: Record<string, INodeType> = {};
	const loadAnew = (): void => {
		jest.isolateModules(() => {
			runner.intake = require('../nodes/shared/receive/intake');
			for (const { type } of triggers) own[`${PACKAGE}.${type}`] = ownNode(type, require);
		});
	};
	const nodeTypes = nodeTypesWith(own);
	const nodes = triggers.map(({ parameters, ...trigger }, index) => ({
		...completeNode(trigger, nodeTypes, credentials),
		parameters: { connection: 'httpCallback', ...parameters },
		webhookId: `hook-${index}`,
	}));
	// n8n saves static data for ids of at most 16 characters only.
	const workflowId = `w${Math.random()}`.slice(0, 16);
	const workflow = { id: workflowId, name: 'Test', activeVersionId: 'v', settings: {} };
	const activeVersion = { nodes, connections: {}, versionId: 'v' };

	const wholeWorkflow = (): Workflow => {
		const staticData = structuredClone(runner.staticData);
		return new Workflow({
			...workflow,
			nodes,
			connections: {},
			active: true,
			nodeTypes,
			staticData,
		});
	};

	let underWay = 0;
	const runner: WebhookRunner = {
		url: '',
		urlOf: (name) =>
			`${origin}/webhook/${nodes.find((node) => node.name === name)!.webhookId}/webhook`,
		executions: [],
		messages: () => runner.executions.flatMap(({ items }) => items.map(({ json }) => json)),
		store: async () => {},
		staticData: {},
		pending: () => underWay,
		intake: Intake,
		types: own,
		triggerContext: (nodeName, emit) => {
			const whole = wholeWorkflow();
			const node = whole.getNode(nodeName)!;
			const data = additionalDataWith(credentials, '');
			return new TriggerContext(whole, node, data, 'trigger', 'activate', emit);
		},
		publish: async () => {
			const whole = wholeWorkflow();
			for (const node of nodes) {
				for (const data of webhooks.getNodeWebhooks(whole, node, await AdditionalData.getBase())) {
					await webhooks.createWebhookIfNotExists(whole, data, 'trigger', 'activate');
				}
			}
		},
		restart: loadAnew,
		close: async () => {
			server.closeAllConnections();
			await new Promise((done) => server.close(done));
		},
	};

	useStore(runner);
	jest
		.spyOn(AdditionalData, 'getBase')
		.mockImplementation(async () => additionalDataWith(credentials, ''));
	const webhooks = new WebhookService(logger, undefined, undefined, nodeTypes);
	webhooks.findWebhook = async (method: string, path: string) => {
		const node = nodes.find(({ webhookId }) => path === `${webhookId}/webhook`);
		return node ? { workflowId, node: node.name, method, webhookPath: path } : null;
	};
	Container.set(WebhookService, webhooks);
	const statics = new WorkflowStaticDataService(logger, reporter, undefined);
	statics.saveStaticDataById = async (_id: string, data: IDataObject) => {
		runner.staticData = JSON.parse(JSON.stringify(data));
	};
	const read = {
		findOne: async () => ({
			...workflow,
			staticData: structuredClone(runner.staticData),
			activeVersion,
		}),
	};
	const unpublished = { useWorkflowPublicationService: false };
	const engine = { allowWebhookIsolateSkip: true };
	const live = new LiveWebhooks(
		logger,
		nodeTypes,
		webhooks,
		read,
		statics,
		unpublished,
		undefined,
		engine,
	);

	// As n8n's own server sets itself up (abstract-server.js).
	const app = express();
	app.disable('x-powered-by');
	app.set('query parser', 'extended');
	app.use(rawBodyReader);
	const handle = createWebhookHandlerFor(live, 'webhook');
	app.all('/webhook/*path', async (request: unknown, response: unknown) => {
		underWay++;
		await handle(request, response);
		underWay--;
	});
	const server = createServer(app);
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	runner.url = runner.urlOf(nodes[0]!.name);
	return runner;
}
