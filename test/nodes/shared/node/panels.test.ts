import {
	NodeHelpers,
	type INode,
	type INodeCredentialDescription,
	type INodeProperties,
} from 'n8n-workflow';
import { DingTalk } from '../../../../nodes/DingTalk/DingTalk.node';
import { Feishu } from '../../../../nodes/Feishu/Feishu.node';
import { WeCom } from '../../../../nodes/WeCom/WeCom.node';

interface Panel {
	credentials?: INodeCredentialDescription[];
	properties: INodeProperties[];
}

/**
 * The fields that n8n's editor (2.41) leaves out of a node's panel, because it takes them for a part of
 * choosing a credential: `authentication`, and what the visibility of a field depends on that a
 * credential names under `show`.
 */
function leftOut({ credentials = [], properties }: Panel): string[] {
	const named = credentials.flatMap(({ displayOptions }) =>
		Object.keys(displayOptions?.show ?? {}),
	);
	const fields = properties.filter(({ name }) => named.includes(name));
	const main = fields.filter(({ name }) => name === 'authentication');
	if (main.length === 0) return [];
	const others = fields.flatMap(({ displayOptions }) => Object.keys(displayOptions?.show ?? {}));
	return [...new Set([...main.map(({ name }) => name), ...others])];
}

describe('the panel', () => {
	it.each([new DingTalk(), new Feishu(), new WeCom()])(
		'shows every field of a node: %#',
		({ description }) => {
			expect(leftOut(description)).toEqual([]);
		},
	);

	it('would not, if a credential named the fields under `show`', () => {
		const { properties } = new DingTalk().description;
		const show = { authentication: ['groupRobot'], operation: ['send'] };
		const credentials = [{ name: 'dingTalkGroupRobotApi', displayOptions: { show } }];
		expect(leftOut({ credentials, properties })).toEqual([
			'authentication',
			'operation',
			'resource',
		]);
	});
});

describe('The credential that the panel asks for', () => {
	const platforms = [
		{ node: new DingTalk(), robot: 'dingTalkGroupRobotApi', app: 'dingTalkAppApi' },
		{ node: new Feishu(), robot: 'feishuGroupRobotApi', app: 'feishuAppApi' },
		{ node: new WeCom(), robot: 'weComGroupRobotApi', app: 'weComAppApi' },
	];

	it.each(platforms)(
		'is that of the bot that works: %#',
		({ node: { description }, robot, app }) => {
			const asked = (parameters: INode['parameters']): string[] => {
				const node = { typeVersion: 1 } as INode;
				const { properties, credentials = [] } = description;
				const all = NodeHelpers.getNodeParameters(
					properties,
					parameters,
					true,
					false,
					node,
					description,
				);
				return credentials
					.filter((one) => NodeHelpers.displayParameter(all!, one, node, description))
					.map(({ name }) => name);
			};
			expect(asked({ operation: 'send', authentication: 'groupRobot' })).toEqual([robot]);
			expect(asked({ operation: 'send', authentication: 'app' })).toEqual([app]);
			const [operations] = description.properties.filter(({ name }) => name === 'operation');
			for (const option of operations!.options!) {
				const operation = (option as { value: string }).value;
				if (operation === 'send') continue;
				expect(asked({ operation })).toEqual([app]);
				// What was chosen for Send before says nothing about another operation.
				expect(asked({ operation, authentication: 'groupRobot' })).toEqual([app]);
			}
		},
	);
});
