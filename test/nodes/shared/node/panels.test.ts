import {
	NodeHelpers,
	type INode,
	type INodeCredentialDescription,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { DingTalk } from '../../../../nodes/DingTalk/DingTalk.node';
import { DingTalkTrigger } from '../../../../nodes/DingTalk/DingTalkTrigger.node';
import { Feishu } from '../../../../nodes/Feishu/Feishu.node';
import { FeishuTrigger } from '../../../../nodes/Feishu/FeishuTrigger.node';
import { WeCom } from '../../../../nodes/WeCom/WeCom.node';
import { WeComTrigger } from '../../../../nodes/WeCom/WeComTrigger.node';

const triggers = [new DingTalkTrigger(), new FeishuTrigger(), new WeComTrigger()];

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

/** What n8n shows of fields or credentials where a node's parameters are these. */
function shownOf<T extends INodeProperties | INodeCredentialDescription>(
	description: INodeTypeDescription,
	all: T[],
	parameters: INode['parameters'],
	typeVersion = 1,
): T[] {
	const node = { typeVersion } as INode;
	const { properties } = description;
	const filled = NodeHelpers.getNodeParameters(
		properties,
		parameters,
		true,
		false,
		node,
		description,
	)!;
	return all.filter((one) => NodeHelpers.displayParameter(filled, one, node, description));
}

/** An expression of the editor, with these parameters. */
function evaluated(expression: string, $parameter: object): unknown {
	const [, code] = /^=\{\{(.*)\}\}$/.exec(expression)!;
	return new Function('$parameter', `return (${code})`)($parameter);
}

describe('the panel', () => {
	it.each([new DingTalk(), new Feishu(), new WeCom(), ...triggers])(
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
		{
			node: new WeCom(),
			robot: 'weComGroupRobotApi',
			app: 'weComAppApi',
			// What came by a long connection is answered by it.
			answering: ['weComAiBotApi'],
		},
	];

	it.each(platforms)(
		'is that of the bot that works: %#',
		({ node: { description }, robot, app, answering = [] }) => {
			const asked = (parameters: INode['parameters']): string[] =>
				shownOf(description, description.credentials ?? [], parameters).map(({ name }) => name);
			expect(asked({ operation: 'send', authentication: 'groupRobot' })).toEqual([robot]);
			expect(asked({ operation: 'send', authentication: 'app' })).toEqual([app]);
			const [operations] = description.properties.filter(({ name }) => name === 'operation');
			for (const option of operations!.options!) {
				const operation = (option as { value: string }).value;
				if (operation === 'send') continue;
				expect(asked({ operation })).toEqual([app, ...answering]);
				// What was chosen for Send before says nothing about another operation.
				const before = { operation, authentication: 'groupRobot' };
				expect(asked(before)).toEqual([app, ...answering]);
			}
		},
	);
});

describe('The panel of a trigger', () => {
	/** The fields that are shown of a new node. */
	const shown = (
		{ description }: (typeof triggers)[number],
		parameters: INode['parameters'] = {},
		typeVersion = description.defaultVersion,
	): INodeProperties[] =>
		shownOf(description, description.properties, parameters, typeVersion).filter(
			({ type }) => type !== 'hidden',
		);
	const names = (fields: INodeProperties[]): string[] => fields.map(({ name }) => name);

	const byHttp = { connection: 'httpCallback' };

	/** As n8n's editor (2.41) shows a notice: it leaves this tag, `a`, and `li`, which gets a bullet. */
	const line = (start: string): string => `<ul>${start}[^<]+</ul>`;
	const [first, second, third] = ['1\\. ', '2\\. ', '3\\. '].map(line);
	const byStream = new RegExp(`^${first}${second}(${third})?${line('To try it out: ')}$`);
	const byCallback = new RegExp(`^${first}${second}${third}$`);

	it.each(
		triggers.flatMap((trigger) => [
			{ trigger, parameters: { authentication: 'aiBot' }, name: 'streamNotice', steps: byStream },
			{
				trigger,
				parameters: { authentication: 'aiBot', ...byHttp },
				name: 'notice',
				steps: byCallback,
			},
		]),
	)('begins with what to do, step by step: %#', ({ trigger, parameters, name, steps }) => {
		const [notice, ...others] = shown(trigger, parameters);
		expect(notice).toMatchObject({ name, type: 'notice' });
		expect(others.map(({ type }) => type)).not.toContain('notice');
		expect(notice!.displayName).toMatch(steps);
	});

	it.each(triggers)('asks nothing that leaves no choice: %#', (trigger) => {
		expect(names(shown(trigger, { authentication: 'aiBot' }))).toContain('connection');
		expect(names(shown(trigger, {}, 2))).not.toContain('connection');
		if (!(trigger instanceof WeComTrigger)) return;
		expect(names(shown(trigger, { authentication: 'app' }))).not.toContain('connection');
	});

	it.each(triggers)(
		'shows the address once by HTTP, and never of a long connection: %#',
		(trigger) => {
			const { description } = trigger;
			const visible = (connection: string) => {
				const parameters = { authentication: 'aiBot', connection };
				return description.webhooks!.filter(
					({ ndvHideUrl }) => ndvHideUrl !== true && !evaluated(String(ndvHideUrl), parameters),
				);
			};
			expect([visible('httpCallback').length, visible('stream').length]).toEqual([1, 0]);
		},
	);

	it('says which kind of bot a WeCom Trigger listens to, and asks for its credential', () => {
		const trigger = new WeComTrigger();
		const { description } = trigger;
		expect(names(shown(trigger))).toContain('authentication');
		expect(description.subtitle).toContain('authentication');
		for (const [authentication, name] of [
			['app', 'weComAppApi'],
			['aiBot', 'weComAiBotApi'],
		]) {
			const asked = shownOf(description, description.credentials!, { authentication }, 3);
			expect(asked.map((one) => one.name)).toEqual([name]);
		}
	});

	it.each([
		[3.1, 'aiBot', 'streamNotice'],
		[3, 'app', 'notice'],
		[2, 'app', 'notice'],
	])('opens for WeCom, version %s, with %s', (version, kind, notice) => {
		const fields = shown(new WeComTrigger(), {}, version);
		expect(fields[0]!.name).toBe(notice);
		expect(fields.filter(({ name }) => name === 'authentication')).toMatchObject([
			{ default: kind },
		]);
	});

	it('lists what the platform sends, messages first', () => {
		const listed = triggers.map((trigger) => {
			const events = trigger.description.properties.find(({ name }) => name === 'events')!;
			return events.options as INodePropertyOptions[];
		});
		const all = ['message', 'action', 'event'];
		expect(listed.map((options) => options.map(({ value }) => value))).toEqual([all, all, all]);
		// DingTalk sends card actions by a connection only.
		const byStream = listed.map((options) =>
			options.filter(({ displayOptions }) => displayOptions).map(({ value }) => value),
		);
		expect(byStream).toEqual([['action'], [], []]);
	});

	it.each(triggers)('asks which group messages are meant since version 3: %#', (trigger) => {
		const inGroups = trigger instanceof WeComTrigger ? { authentication: 'aiBot' } : {};
		expect(names(shown(trigger, inGroups))).toContain('groupMessages');
		expect(names(shown(trigger, inGroups, 2))).not.toContain('groupMessages');
	});

	it('does not ask about groups where there are none: WeCom’s app', () => {
		expect(names(shown(new WeComTrigger(), { authentication: 'app' }))).not.toContain(
			'groupMessages',
		);
	});
});
