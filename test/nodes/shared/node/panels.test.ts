import type { INodeCredentialDescription, INodeProperties } from 'n8n-workflow';
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
