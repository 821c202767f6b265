import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
	IConnections,
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeType,
	IWorkflowSettings,
} from 'n8n-workflow';
import { paths } from '../../scripts/machine/paths';
import { nodeTypesWith, runWorkflow, type Credentials, type RunResult } from '../harness';

/*
 * Bundled workflows as they stand in workflows/, in n8n's engine. Only what needs n8n's database is a
 * stand-in: Data Tables are lists of the test, called workflows are functions of the test.
 */

// A part of n8n's Wait node that only forms need; jest cannot load one of its modules.
jest.mock('sanitize-html', () => (html: string) => html);

export interface Bundled {
	nodes: INode[];
	connections: IConnections;
	settings: IWorkflowSettings;
}

export interface Surroundings {
	/** Rows by the name of their table. */
	tables?: Record<string, IDataObject[]>;
	/** What a called workflow returns, by its id. */
	called?: Record<string, (items: IDataObject[]) => Promise<IDataObject[]> | IDataObject[]>;
	/** What an HTTP request is answered, by its query. */
	answer?: (query: IDataObject) => IDataObject;
	credentials?: Credentials;
}

export const readBundled = (file: string): Bundled =>
	JSON.parse(readFileSync(join(paths.workflows, file), 'utf8')) as Bundled;

const wrap = (items: IDataObject[]): INodeExecutionData[][] => [
	items.map((json) => ({ json, pairedItem: { item: 0 } })),
];

/** The real node's panel, with other work behind it. */
const standIn = (
	type: string,
	version: number,
	execute: (ctx: IExecuteFunctions) => Promise<INodeExecutionData[][]>,
): INodeType => ({
	description: nodeTypesWith().getByNameAndVersion(type, version).description,
	async execute() {
		return await execute(this);
	},
});

function typesFor({ tables = {}, called = {}, answer }: Surroundings): Record<string, INodeType> {
	const value = (ctx: IExecuteFunctions, name: string): string =>
		ctx.getNodeParameter(`${name}.value`, 0) as string;
	return {
		'n8n-nodes-base.dataTable': standIn('n8n-nodes-base.dataTable', 1.1, async (ctx) => {
			if (ctx.getNodeParameter('operation', 0) === 'create') {
				return wrap([{ id: ctx.getNodeParameter('tableName', 0) as string }]);
			}
			return wrap(tables[value(ctx, 'dataTableId')] ?? []);
		}),
		'n8n-nodes-base.executeWorkflow': standIn('n8n-nodes-base.executeWorkflow', 1.2, async (ctx) => {
			const work = called[value(ctx, 'workflowId')];
			if (!work) throw new Error(`The test says nothing of ${value(ctx, 'workflowId')}`);
			try {
				return wrap(await work(ctx.getInputData().map(({ json }) => json)));
			} catch (error) {
				// As n8n's own node does.
				if (ctx.continueOnFail()) return wrap([{ error: (error as Error).message }]);
				throw error;
			}
		}),
		...(answer && {
			'n8n-nodes-base.httpRequest': standIn('n8n-nodes-base.httpRequest', 4.2, async (ctx) =>
				wrap([answer(JSON.parse(ctx.getNodeParameter('jsonQuery', 0) as string) as IDataObject)]),
			),
		}),
	};
}

/** Runs a bundled workflow from one of its nodes. */
export async function runBundled(
	{ nodes, connections, settings }: Bundled,
	first: string,
	items: IDataObject[],
	surroundings: Surroundings = {},
): Promise<RunResult> {
	const start = nodes.find(({ name }) => name === first);
	if (!start) throw new Error(`There is no node ${first}`);
	const rest = nodes.filter((node) => node !== start && !node.type.endsWith('.stickyNote'));
	return await runWorkflow(
		{ nodes: structuredClone([start, ...rest]), connections, settings },
		{ items, types: typesFor(surroundings), credentials: surroundings.credentials ?? {} },
	);
}
