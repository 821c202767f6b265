import fc from 'fast-check';
import { bind, usesCredential, type PlacedNode } from '../../../core/registration/bindings';
import { registrationOf } from '../../../nodes/platforms/registrations';
import { hasStream } from '../../../scripts/workflows/streams';
import { readWorkflows } from '../../../scripts/workflows/workflows';

const PLATFORMS = ['dingtalk', 'feishu', 'wecom'] as const;
const credential = { id: 'new1', name: 'Feishu cli_new' };
const feishu = { type: 'feishuAppApi', credential, isTrigger: registrationOf('feishu').isTrigger };

const placed = (name: string, type: string, more: Partial<PlacedNode> = {}): PlacedNode => ({
	name,
	type: `n8n-nodes-clawbot.${type}`,
	typeVersion: 3,
	parameters: {},
	...more,
});
const having = (id: string | null, type = 'feishuAppApi') => ({
	credentials: { [type]: { id, name: `name of ${id}` } },
});

/** The credential's id of each node, by its name. */
const idsOf = (nodes: readonly PlacedNode[], type = 'feishuAppApi') =>
	Object.fromEntries(nodes.map(({ name, credentials }) => [name, credentials?.[type]?.id]));

function bound(nodes: PlacedNode[], bot: Parameters<typeof bind>[1] = feishu) {
	const binding = bind(nodes, bot);
	if ('problem' in binding) throw new Error(binding.problem);
	return binding;
}

describe('A bot’s credential', () => {
	it('replaces the one before in triggers, answers and senders, and is told as replaced', () => {
		const nodes = [
			placed('trigger', 'feishuTrigger', having('old')),
			placed('answer', 'botReply', having('old')),
			placed('send', 'feishu', having('old')),
		];
		const binding = bound(nodes);
		expect(idsOf(binding.nodes)).toEqual({ trigger: 'new1', answer: 'new1', send: 'new1' });
		expect(binding).toMatchObject({
			bound: ['trigger', 'answer', 'send'],
			enabled: [],
			before: { id: 'old', name: 'name of old' },
		});
		expect(nodes[0]!.credentials).toEqual(having('old').credentials);
	});

	it('goes where a name stands that n8n never found, and where nothing was chosen', () => {
		const binding = bound([
			placed('trigger', 'feishuTrigger'),
			placed('named', 'aiReply', having(null)),
			placed('empty', 'botReply'),
		]);
		expect(idsOf(binding.nodes)).toEqual({ trigger: 'new1', named: 'new1', empty: 'new1' });
		expect(binding).not.toHaveProperty('before');
	});

	it('leaves other bots alone, and every other thing of a node', () => {
		const others = [
			placed('other trigger', 'dingTalkTrigger', having('ding', 'dingTalkAppApi')),
			placed('model', 'modelApi', having('model', 'clawBotModelApi')),
			placed('robot', 'feishu', having('robot', 'feishuGroupRobotApi')),
			placed('note', 'note'),
		];
		const trigger = placed('trigger', 'feishuTrigger', {
			parameters: { events: ['message'] },
			credentials: { feishuAppApi: { id: 'old', name: 'x' }, more: { id: '1', name: 'y' } },
		});
		const { nodes } = bound([...others, trigger]);
		expect(nodes.slice(0, 4)).toEqual(others);
		expect(nodes[4]).toEqual({
			...trigger,
			credentials: { feishuAppApi: credential, more: { id: '1', name: 'y' } },
		});
	});

	it('leaves answers alone that have none, where no trigger hears the bot', () => {
		const nodes = [placed('send', 'feishu', having('old')), placed('answer', 'botReply')];
		expect(idsOf(bound(nodes).nodes)).toEqual({ send: 'new1', answer: undefined });
	});

	it('enables its triggers where all of them are disabled, and no trigger of others', () => {
		const off = { disabled: true };
		const only = bound([
			placed('trigger', 'feishuTrigger', off),
			placed('other', 'dingTalkTrigger', off),
		]);
		expect(only.enabled).toEqual(['trigger']);
		expect(only.nodes.map(({ disabled }) => disabled)).toEqual([false, true]);
		const one = bound([
			placed('off', 'feishuTrigger', off),
			placed('on', 'feishuTrigger', { disabled: false }),
		]);
		expect(one.enabled).toEqual([]);
		expect(one.nodes.map(({ disabled }) => disabled)).toEqual([true, false]);
	});

	it('is no choice of a program between several bots of a platform', () => {
		const two = [
			placed('one', 'feishuTrigger', having('a')),
			placed('two', 'feishuTrigger', having('b')),
		];
		expect(bind(two, feishu)).toEqual({ problem: 'severalBots' });
		expect(bind([placed('a', 'dingTalkTrigger')], feishu)).toEqual({ problem: 'noNode' });
		expect(bind([], feishu)).toEqual({ problem: 'noNode' });
	});

	it('is for WeCom’s AI bots, and never for an app of WeCom', () => {
		const { credential: type, isTrigger } = registrationOf('wecom');
		const app = placed('app', 'weComTrigger', {
			parameters: { authentication: 'app' },
			...having('app', 'weComAppApi'),
		});
		const nodes = [
			app,
			placed('old default', 'weComTrigger'),
			placed('AI bot', 'weComTrigger', { parameters: { authentication: 'aiBot' } }),
			placed('new default', 'weComTrigger', { typeVersion: 3.1 }),
		];
		const binding = bound(nodes, { type, credential, isTrigger });
		expect(binding.bound).toEqual(['AI bot', 'new default']);
		expect(binding.nodes[0]).toEqual(app);
	});

	it('says which workflows work with it', () => {
		const nodes = [placed('send', 'feishu', having('old')), placed('none', 'note')];
		expect(usesCredential(nodes, 'feishuAppApi', 'old')).toBe(true);
		expect(usesCredential(nodes, 'feishuAppApi', 'other')).toBe(false);
		expect(usesCredential(nodes, 'dingTalkAppApi', 'old')).toBe(false);
	});

	it('comes to the same when it is bound twice, whatever the workflow holds', () => {
		const types = ['feishuTrigger', 'dingTalkTrigger', 'weComTrigger', 'botReply', 'feishu', 'x'];
		const node = fc.record({
			name: fc.uuid(),
			type: fc.constantFrom(...types).map((type) => `n8n-nodes-clawbot.${type}`),
			typeVersion: fc.constantFrom(2, 3, 3.1),
			parameters: fc.constant({}),
			disabled: fc.boolean(),
			credentials: fc.dictionary(
				fc.constantFrom('feishuAppApi', 'dingTalkAppApi'),
				fc.record({ id: fc.constantFrom(null, 'old'), name: fc.constant('name') }),
			),
		});
		fc.assert(
			fc.property(fc.array(node), (nodes) => {
				const once = bind(nodes, feishu);
				if ('problem' in once) return;
				const twice = bind(once.nodes, feishu);
				expect(twice).toMatchObject({ nodes: once.nodes, bound: once.bound, enabled: [] });
				expect(once.nodes.map(({ name }) => name)).toEqual(nodes.map(({ name }) => name));
			}),
		);
	});
});

it.each(PLATFORMS)('A trigger of %s is one whose bot may have a long connection', (platform) => {
	const type = { dingtalk: 'dingTalkTrigger', feishu: 'feishuTrigger', wecom: 'weComTrigger' }[
		platform
	];
	for (const each of ['dingTalkTrigger', 'feishuTrigger', 'weComTrigger', 'feishu', 'botReply']) {
		for (const typeVersion of [2, 3, 3.1]) {
			for (const parameters of [{}, { authentication: 'app' }, { authentication: 'aiBot' }]) {
				const node = placed('node', each, { typeVersion, parameters });
				const isOwn = each === type && hasStream(node);
				expect(registrationOf(platform).isTrigger(node)).toBe(isOwn);
			}
		}
	}
});

describe.each(PLATFORMS)('The bundled workflow and %s', (platform) => {
	const { credential: type, isTrigger } = registrationOf(platform);
	const files = readWorkflows('workflows');
	const { workflow } = files.find(({ file }) => file === 'answer-bot-messages.json')!;

	it('has one trigger and every answer for it', () => {
		const { bound: names } = bound(workflow.nodes, { type, credential, isTrigger });
		const answering = workflow.nodes.filter(({ type: each }) => /\.(aiReply|botReply)$/.test(each));
		expect(names).toHaveLength(answering.length + 1);
	});
});
