import {
	botsOf,
	placesFor,
	readWorkflow,
	triggersOf,
	type KnownBot,
} from '../../../core/registration/bots';
import { meet, personsOf } from '../../../core/registration/newPersons';
import { canBegin, unbind } from '../../../core/registration/unbind';
import { connectableOf } from '../../../nodes/BotRegistration/connectBot';
import { registrationOf } from '../../../nodes/platforms/registrations';

const feishu = connectableOf(registrationOf('feishu'));
const node = (name: string, type: string, more: object = {}) => ({
	id: `id of ${name}`,
	name,
	type: `n8n-nodes-clawbot.${type}`,
	typeVersion: 3,
	parameters: {},
	...more,
});
const having = (id: string | null, more: object = {}) => ({
	credentials: { feishuAppApi: { id, name: `name of ${id}` } },
	...more,
});
const credential = {
	id: 'c1',
	name: 'Feishu cli_1',
	type: 'feishuAppApi',
	createdAt: '2026-11-30',
};

const workflow = (id: string, nodes: object[], more: object = {}) =>
	readWorkflow({
		id,
		name: id,
		active: true,
		versionId: '1',
		activeVersionId: '1',
		nodes,
		...more,
	})!;
const trigger = having('c1');
const GREETING = 'greeting1';
const ANSWERING = 'clawbotAnswer001';

/** The only bot, in some workflows. */
function botIn(...workflows: Array<ReturnType<typeof workflow>>): KnownBot {
	const [bot] = botsOf(
		[credential, { ...credential, type: 'smtp' }],
		workflows,
		[feishu],
		GREETING,
	);
	return bot!;
}

describe('A bot', () => {
	it('answers where a published workflow has a trigger of it', () => {
		const bot = botIn(workflow('w', [node('t', 'feishuTrigger', trigger)]));
		expect(bot).toMatchObject({ id: 'c1', platform: 'feishu', state: 'answering' });
		expect(bot.since).toBe(Date.parse('2026-11-30'));
		expect(triggersOf(bot)).toEqual([{ workflowId: 'w', nodeId: 'id of t' }]);
	});

	it('waits where the greeting workflow alone hears it', () => {
		const greeting = workflow(GREETING, [node('t', 'feishuTrigger', trigger)]);
		expect(botIn(greeting).state).toBe('waiting');
		const both = botIn(greeting, workflow('w', [node('t', 'feishuTrigger', trigger)]));
		expect(both.state).toBe('answering');
	});

	it.each([
		['no workflow has it', []],
		['its trigger is disabled', [node('t', 'feishuTrigger', { ...trigger, disabled: true })]],
		['nodes only send by it', [node('s', 'feishu', trigger)]],
		['the trigger is of another one', [node('t', 'feishuTrigger', having('c2'))]],
	])('is not used where %s', (_, nodes) => {
		expect(botIn(workflow('w', nodes)).state).toBe('unused');
	});

	it('is heard by what is published, not by what is edited', () => {
		const nodes = [node('t', 'feishuTrigger', trigger)];
		expect(botIn(workflow('w', nodes, { active: false }))).toMatchObject({
			state: 'unused',
			uses: [{ listens: false }],
		});
		const edited = workflow('w', [], { activeVersion: { nodes }, versionId: '2' });
		expect(edited.hasDraft).toBe(true);
		expect(botIn(edited).state).toBe('answering');
	});
});

it('A bot may go where its platform has a trigger; the workflow that is meant for it comes first', () => {
	const nodes = [node('t', 'feishuTrigger', having('other'))];
	const all = [
		workflow('w', nodes),
		workflow(GREETING, nodes),
		workflow(ANSWERING, [node('t', 'feishuTrigger')]),
		workflow('wecom', [node('t', 'weComTrigger')]),
	];
	expect(placesFor(botIn(), all, GREETING)).toMatchObject([
		{ workflow: { id: ANSWERING } },
		{ workflow: { id: 'w' }, before: { id: 'other', name: 'name of other' }, alike: [] },
	]);
});

it('With the workflow that answers go those that work with the same bot', () => {
	const nodes = [node('t', 'feishuTrigger', having('other'))];
	const again = workflow('again', [node('s', 'botDelivery', having('other'))]);
	const all = [
		workflow(ANSWERING, nodes),
		again,
		workflow(GREETING, nodes),
		workflow('another', [node('s', 'botDelivery', having('third'))]),
	];
	expect(placesFor(botIn(), all, GREETING)).toMatchObject([{ alike: [{ id: 'again' }] }]);
});

it('An archived workflow, and what is none, does not count', () => {
	for (const json of [null, 1, {}, { id: 'w', isArchived: true }]) {
		expect(readWorkflow(json)).toBeUndefined();
	}
	expect(readWorkflow({ id: 'w', nodes: 'x' })).toMatchObject({ nodes: [], publishedNodes: [] });
});

describe('A bot that is taken out', () => {
	const bound = {
		type: 'feishuAppApi',
		credential: { id: 'c1', name: 'x' },
		isTrigger: feishu.isTrigger,
	};

	it('leaves no node, its triggers are disabled, and nothing else changes', () => {
		const more = {
			credentials: { ...trigger.credentials, clawBotModelApi: { id: 'm', name: 'm' } },
		};
		const nodes = [
			node('t', 'feishuTrigger', trigger),
			node('a', 'aiReply', more),
			node('other', 'feishuTrigger', having('c2')),
		];
		const before = structuredClone(nodes);
		expect(unbind(nodes, bound)).toEqual([
			{ ...node('t', 'feishuTrigger'), credentials: {}, disabled: true },
			{ ...node('a', 'aiReply'), credentials: { clawBotModelApi: { id: 'm', name: 'm' } } },
			nodes[2],
		]);
		expect(nodes).toEqual(before);
		expect(unbind([nodes[2]!], bound)).toBeUndefined();
	});

	it('may leave a workflow that nothing begins any more', () => {
		const left = unbind([node('t', 'feishuTrigger', trigger)], bound)!;
		expect(canBegin(left)).toBe(false);
		expect(canBegin([...left, node('w', 'webhook')])).toBe(true);
	});
});

describe('Who has written', () => {
	const met = (more: object = {}) =>
		meet({
			credential: 'c1',
			platform: 'feishu',
			sender: { id: 'ou_1', name: '李强' },
			text: '在吗？\n 我的 secret: abcdefgh',
			now: 5,
			...more,
		});

	it('is kept with the first words, bounded and without secrets', () => {
		expect(met()).toEqual({
			key: 'c1:ou_1',
			credential: 'c1',
			platform: 'feishu',
			person: 'ou_1',
			name: '李强',
			words: '在吗？ 我的 secret: ***',
			metAtMs: 5,
		});
		const long = met({ text: '长'.repeat(1e6), sender: { id: 'x', name: '名'.repeat(1e6) } })!;
		expect([long.words.length, long.name.length]).toEqual([121, 61]);
	});

	it.each([{ id: 'b', isBot: true }, {}, { id: '' }, { id: 'x'.repeat(300) }, null])(
		'is nobody: %j',
		(sender) => expect(met({ sender })).toBeUndefined(),
	);

	it('is found again among the rows of all bots', () => {
		const rows = [{ ...met({ now: 9 })!, id: 2 }, { ...met()!, credential: 'c2' }, {}, met()!];
		expect(personsOf(rows, 'c1').map(({ metAtMs }) => metAtMs)).toEqual([5, 9]);
	});
});
