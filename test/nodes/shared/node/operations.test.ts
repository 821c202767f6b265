import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	NodeHelpers,
	type IDataObject,
	type INode,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import {
	describeOperations,
	perItem,
	runOperation,
	type Operation,
} from '../../../../nodes/shared/node/operations';
import { ownNode, PACKAGE, runWorkflow } from '../../../harness';

const chat: INodePropertyOptions = { name: 'Chat', value: 'chat' };
const message: INodePropertyOptions = { name: 'Message', value: 'message' };

/** An operation that says which one it is. */
function toy(
	value: string,
	resource?: INodePropertyOptions,
	more: Partial<Operation> = {},
): Operation {
	return {
		...(resource && { resource }),
		option: { name: value, value, action: `Do ${value}`, description: `Does ${value}` },
		execute: perItem(async () => ({ did: [resource?.value, value].join('.') })),
		...more,
	};
}

const text: INodeProperties = { displayName: 'Text', name: 'text', type: 'string', default: '' };
const forApp = { ...text, name: 'id', displayOptions: { show: { authentication: ['app'] } } };

const get = toy('get', chat);
const list = toy('list', chat);
const getMessage = toy('get', message, { properties: [text] });
const send = toy('send', message, { properties: [text, forApp] });
const operations = [get, list, getMessage, send];

function nodeOf(own: Operation[], first: Operation): INodeType {
	return {
		description: {
			name: 'toy',
			displayName: 'Toy',
			version: 1,
			...describeOperations(own, first),
		} as INodeTypeDescription,
		async execute() {
			return await runOperation(this, own);
		},
	};
}

async function run(parameters: IDataObject, own = operations, first = send) {
	const node = { type: 'test.toy', parameters: parameters as INode['parameters'] };
	return await runWorkflow([{ type: 'n8n-nodes-base.noOp' }, node], {
		items: [{ n: 1 }, { n: 2 }],
		types: { 'test.toy': nodeOf(own, first) },
	});
}

const valuesOf = ({ options }: INodeProperties): unknown[] =>
	(options as INodePropertyOptions[]).map(({ value }) => value);

describe('What a node derives from its operations', () => {
	const { inputs, outputs, properties } = describeOperations(operations, send);
	const [resources, ofChat, ofMessage, ...fields] = properties as [
		INodeProperties,
		INodeProperties,
		INodeProperties,
		...INodeProperties[],
	];

	it('is the list of resources, and under each the list of its operations', () => {
		expect(resources).toMatchObject({ name: 'resource', default: 'message' });
		expect(valuesOf(resources)).toEqual(['chat', 'message']);
		expect(ofChat).toMatchObject({
			name: 'operation',
			displayOptions: { show: { resource: ['chat'] } },
			default: 'get',
		});
		expect(valuesOf(ofChat)).toEqual(['get', 'list']);
		expect(ofMessage).toMatchObject({ name: 'operation', default: 'send' });
		expect(valuesOf(ofMessage)).toEqual(['get', 'send']);
	});

	it('is each field, shown for its operation and under its own conditions', () => {
		expect(fields).toEqual([
			{ ...text, displayOptions: { show: { resource: ['message'], operation: ['get'] } } },
			{ ...text, displayOptions: { show: { resource: ['message'], operation: ['send'] } } },
			{
				...text,
				name: 'id',
				displayOptions: {
					show: { resource: ['message'], operation: ['send'], authentication: ['app'] },
				},
			},
		]);
	});

	it('is one input and one output, without an expression', () => {
		expect({ inputs, outputs }).toEqual({ inputs: ['main'], outputs: ['main'] });
	});

	it('is no list of resources where there are none', () => {
		const [field, ...others] = describeOperations([toy('a'), toy('b')], toy('a')).properties;
		expect(field).toMatchObject({ name: 'operation', default: 'a' });
		expect(field).not.toHaveProperty('displayOptions');
		expect(others).toEqual([]);
	});
});

describe('The operation that runs', () => {
	it.each([
		[{ resource: 'chat', operation: 'get' }, 'chat.get'],
		[{ resource: 'chat', operation: 'list' }, 'chat.list'],
		[{ resource: 'message', operation: 'get' }, 'message.get'],
		[{ resource: 'message', operation: 'send' }, 'message.send'],
		[{ operation: 'get' }, 'message.get'],
		[{ resource: 'chat' }, 'chat.get'],
		[{}, 'message.send'],
	])('of %j is %s', async (parameters, did) => {
		const { outputs } = await run(parameters);
		expect(outputs.Toy![0]!.map(({ json }) => json)).toEqual([
			{ n: 1, did },
			{ n: 2, did },
		]);
	});

	it('may work the whole input, to outputs of its own', async () => {
		const split = toy('split', undefined, {
			outputs: ['First', 'Others'],
			execute: (ctx) => {
				const [first, ...others] = ctx.getInputData();
				return [[first!], others];
			},
		});
		const { outputs } = await run({ operation: 'split' }, [split, toy('keep')], split);
		expect(outputs.Toy!.map((items) => items.map(({ json }) => json))).toEqual([
			[{ n: 1 }],
			[{ n: 2 }],
		]);
		const kept = await run({ operation: 'keep' }, [split, toy('keep')], split);
		expect(kept.outputs.Toy!.map((items) => items.length)).toEqual([2]);
	});

	it('is none where the node has no such operation, and the error names it', async () => {
		const { error } = await run({ resource: 'chat', operation: 'send' });
		expect(error?.message).toBe('This node has no operation chat.send');
	});
});

/** Every node of ours in the bundled workflows. */
const bundled = ['workflows', 'workflows/postgres'].flatMap((folder) =>
	readdirSync(join(__dirname, '../../../..', folder))
		.filter((file) => file.endsWith('.json'))
		.flatMap((file) => {
			const source = readFileSync(join(__dirname, '../../../..', folder, file), 'utf8');
			const { nodes = [] } = JSON.parse(source) as { nodes?: INode[] };
			return nodes
				.filter(({ type }) => type.startsWith(`${PACKAGE}.`))
				.map((node) => ({ file: `${folder}/${file}`, node }));
		}),
);

/** What n8n makes of stored parameters; those that belong to another operation are left out. */
function resolved(node: INode): IDataObject {
	const { description } = ownNode(node.type.slice(PACKAGE.length + 1));
	return NodeHelpers.getNodeParameters(
		description.properties,
		node.parameters,
		true,
		false,
		node,
		description,
	) as IDataObject;
}

describe('The nodes of bundled workflows', () => {
	it.each(bundled.map(({ file, node }) => ({ file, name: node.name, node })))(
		'have the operation and every field that is stored: $file, $name',
		({ node }) => {
			const { description } = ownNode(node.type.slice(PACKAGE.length + 1));
			const parameters = resolved(node);
			const lists = description.properties.filter(({ name }) => name === 'operation');
			if (lists.length > 0) expect(lists.flatMap(valuesOf)).toContain(parameters.operation);
			expect(Object.keys(parameters)).toEqual(expect.arrayContaining(Object.keys(node.parameters)));
		},
	);

	it('are many, and would lose a field that the operation does not have', () => {
		expect(bundled.length).toBeGreaterThan(50);
		const node = { ...bundled[0]!.node, type: `${PACKAGE}.feishu` };
		const stored = { operation: 'reply', text: 'x', sendTo: 'group' };
		expect(resolved({ ...node, parameters: stored })).toEqual({
			resource: 'message',
			operation: 'reply',
			format: 'markdown',
			text: 'x',
			options: {},
		});
	});
});
