import { ownNodes, search, searchOwn } from './panel';

const visible = ownNodes.filter(({ hidden }) => !hidden);
const hidden = ownNodes.filter((node) => node.hidden);
const PLATFORMS = ['DingTalk', 'Feishu', 'WeCom'];

/** Words that people type, and which of our nodes they find, best first. */
const FOUND: Array<[words: string, names: string[]]> = [
	['钉钉', ['DingTalk', 'Bot Reply']],
	['飞书', ['Feishu', 'Bot Reply']],
	['企业微信', ['WeCom', 'Bot Reply']],
	['企微', ['WeCom', 'Bot Reply']],
	['dingtalk', ['DingTalk']],
	['feishu', ['Feishu']],
	['lark', ['Feishu']],
	['wecom', ['WeCom']],
	['大模型', ['AI Reply', 'Model API']],
	['通义千问', ['AI Reply', 'Model API']],
	['deepseek', ['AI Reply', 'Model API']],
	['qwen', ['AI Reply', 'Model API']],
	['AI Reply', ['AI Reply']],
	['model api', ['Model API']],
	['llm', ['AI Reply', 'Model API']],
	['机器人', ['AI Reply', 'Bot Reply', 'Bot Router', ...PLATFORMS]],
	['群机器人', PLATFORMS],
	['bot', ['Bot Reply', 'Bot Router', 'AI Reply', ...PLATFORMS]],
	['reply', ['AI Reply', 'Bot Reply']],
	['回复', ['AI Reply', 'Bot Reply']],
	['路由', ['Bot Router']],
	['短信', ['SMS']],
	['sms', ['SMS']],
	['表情', ['Feishu']],
	['AI 回复', ['AI Reply']],
	['ai回复', ['AI Reply']],
	['AI 机器人', ['AI Reply']],
	['智能机器人', ['AI Reply']],
	['大模型回复', ['AI Reply']],
	['AI 大模型', ['Model API']],
	['机器人回复', ['Bot Reply']],
	['微信机器人', ['WeCom']],
	['微信 机器人', ['WeCom']],
	['企业微信机器人', ['WeCom']],
	['企微群机器人', ['WeCom']],
	['钉钉机器人', ['DingTalk']],
	['钉钉 机器人', ['DingTalk']],
	['钉钉群机器人', ['DingTalk']],
	['飞书机器人', ['Feishu']],
	['飞书 群机器人', ['Feishu']],
	['wechat bot', ['WeCom']],
	['wecom bot', ['WeCom']],
	['dingtalk bot', ['DingTalk']],
	['feishu bot', ['Feishu']],
	['lark bot', ['Feishu']],
	['审批', []],
];

describe('The search of the node panel', () => {
	it.each(FOUND)('finds by %s: %j', (words, names) => {
		expect(searchOwn(words)).toEqual(names);
	});

	it('finds both AI nodes by the letters AI, though very many nodes have them', () => {
		expect(searchOwn('AI')).toEqual(expect.arrayContaining(['AI Reply', 'Model API']));
		expect(search('AI').indexOf('AI Reply')).toBeLessThan(25);
	});

	it.each(['钉钉', '飞书', '企业微信', 'AI Reply', 'model api', '大模型', 'sms'])(
		'shows ours first by %s',
		(words) => expect(searchOwn(words)).toContain(search(words)[0]),
	);

	it('would not find an AI node at the root without the subcategory of root nodes', () => {
		const without = ownNodes.map((node) => ({
			...node,
			codex: { ...node.codex, subcategories: {} },
		}));
		expect(searchOwn('大模型', without)).toEqual([]);
	});
});

describe('Nodes that serve only bundled workflows', () => {
	it('are these', () => {
		expect(hidden.map(({ name }) => name.split('.')[1]).sort()).toEqual([
			'accessTokens',
			'alerts',
			'botDelivery',
			'botRegistration',
			'checks',
			'deadLetters',
			'deliveryQueue',
			'deliveryTrigger',
			'keyRotation',
			'maintenance',
			'metrics',
			'robotApi',
		]);
	});

	it('say ClawBot, and are no AI tools', () => {
		for (const { displayName, defaults, usableAsTool } of hidden) {
			expect(displayName).toMatch(/^ClawBot /);
			expect(defaults.name).toBe(displayName);
			expect(usableAsTool).toBeUndefined();
		}
	});

	it.each(hidden.map(({ displayName, codex }) => ({ displayName, alias: codex!.alias! })))(
		'are not found: $displayName',
		({ displayName, alias }) => {
			const shown = ownNodes.map((node) => ({ ...node, hidden: undefined }));
			for (const words of [displayName, ...alias]) {
				expect(searchOwn(words)).not.toContain(displayName);
				expect(searchOwn(words, shown)).toContain(displayName);
			}
		},
	);
});

it('What an AI agent may use as a tool acts without a message before it', () => {
	const tools = visible.filter(({ usableAsTool }) => usableAsTool);
	expect(tools.map(({ displayName }) => displayName).sort()).toEqual([
		'DingTalk',
		'Feishu',
		'Model API',
		'SMS',
		'WeCom',
	]);
});

describe('What stands beside a node for the panel', () => {
	it.each(ownNodes.map(({ name, codex }) => ({ name, codex: codex! })))(
		'$name',
		({ name, codex }) => {
			expect(codex).toMatchObject({ node: name });
			expect(codex.categories!.length).toBeGreaterThan(0);
			expect(codex.alias!.join()).toMatch(/\p{Script=Han}/u);
			expect(new Set(codex.alias).size).toBe(codex.alias!.length);
			const { primaryDocumentation = [], credentialDocumentation = [] } = codex.resources!;
			expect(primaryDocumentation).toHaveLength(1);
			for (const { url } of [...primaryDocumentation, ...credentialDocumentation]) {
				expect(url).toMatch(/^https:\/\/github\.com\/clawbot\/n8n-nodes-clawbot/);
			}
		},
	);
});
