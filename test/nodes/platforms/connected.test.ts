import type { DecodedMessage } from '../../../protocol/message';
import { callbackOf as dingTalkCallbackOf } from '../../../nodes/DingTalk/receive/callback';
import { stream as dingTalk } from '../../../nodes/DingTalk/receive/stream';
import { callbackOf as feishuCallbackOf } from '../../../nodes/Feishu/receive/callback';
import { stream as feishu } from '../../../nodes/Feishu/receive/stream';
import type { HttpCallback, RawRequest } from '../../../nodes/shared/receive/callback';
import { Connection } from '../../../nodes/shared/receive/connection/connection';
import { join } from '../../../nodes/shared/receive/connection/connections';
import type {
	Kinds,
	StreamOutcome,
	StreamProtocol,
} from '../../../nodes/shared/receive/connection/stream';
import { aiBotCallback } from '../../../nodes/WeCom/receive/callback';
import { stream as weCom } from '../../../nodes/WeCom/receive/stream';
import { logger } from '../../harness';
import { until, useSandbox } from '../../sandbox/helpers';

/* Each platform's way to speak on its connection, against the sandbox's server, which the platforms' own clients judge. */

const { sandbox, control } = useSandbox();

interface Case {
	name: string;
	protocol: StreamProtocol;
	/** What the sandbox is told, so that a person writes to the bot. */
	said: Record<string, string>;
	/** What it is told, so that a person presses a button. */
	pressed: Record<string, unknown>;
	/** Something else that happens, of this type. */
	happened: { said: Record<string, unknown>; type: string };
	/** The same by HTTP. */
	callback: HttpCallback;
	/** What has the same id by HTTP and by a connection. */
	known: Array<DecodedMessage['kind']>;
	/** The status that its server reads in the answer to a message that is not stored; undefined: none. */
	later?: number;
}

const CASES: Case[] = [
	{
		name: 'dingtalk',
		protocol: dingTalk,
		callback: dingTalkCallbackOf({} as never),
		// Events have no id by HTTP, and other words.
		known: ['message'],
		said: { platform: 'dingtalk' },
		pressed: { eventType: 'actionCallback', event: { actionIds: ['ok'], outTrackId: 'c1' } },
		happened: { said: { bot: 'events', eventType: 'user_add_org' }, type: 'user_add_org' },
		later: 500,
	},
	{
		name: 'feishu',
		protocol: feishu,
		callback: feishuCallbackOf({} as never),
		known: ['message', 'action', 'event'],
		said: { platform: 'feishu' },
		pressed: {
			eventType: 'card.action.trigger',
			event: { action: { tag: 'button', value: { action: 'ok' } }, token: 'c-1' },
		},
		happened: { said: { eventType: 'im.chat.updated_v1', event: {} }, type: 'im.chat.updated_v1' },
		later: 500,
	},
	{
		name: 'wecom',
		protocol: weCom,
		callback: aiBotCallback,
		known: ['message', 'action', 'event'],
		said: { platform: 'wecom', bot: 'aibot' },
		pressed: { eventType: 'template_card_event', event: { event_key: 'ok', task_id: 't1' } },
		happened: { said: { eventType: 'enter_chat' }, type: 'enter_chat' },
	},
];

const open: Connection[] = [];
afterEach(async () => {
	for (const connection of open.splice(0)) connection.close();
	await until(async () => (await connections()).length === 0);
});

const connections = async () => (await control.get('/connections')).connections as object[];
const frames = async (kind: string) =>
	(await control.get(`/ledger?kind=${kind}`)).entries as object[];

const EVERYTHING: Kinds = new Set(['message', 'action', 'event']);

describe.each(CASES)(
	'$name',
	({ name, protocol, callback, known, said, pressed, happened, later }) => {
		const credentialOf = (more: object = {}) => {
			const accounts = sandbox.world.accounts as unknown as Record<string, Record<string, string>>;
			return { ...accounts[protocol.credential], ...more };
		};

		/** Connects, and keeps what comes. */
		async function connect(outcome: () => StreamOutcome = () => 'stored', more: object = {}) {
			const heard: DecodedMessage[] = [];
			const connection = new Connection({
				protocol,
				credential: credentialOf(more),
				kinds: EVERYTHING,
				log: logger,
				receive: async (message) => {
					heard.push(message);
					return outcome();
				},
			});
			open.push(connection);
			await connection.open();
			return { connection, heard };
		}
		const say = async (more: object = {}) =>
			(await control.post('/say', { text: 'hello', redeliver: false, ...said, ...more })) as {
				messageId: string;
				deliveries: Array<{ status: number; refused?: string }>;
			};

		it('brings a message, and is told that it is stored', async () => {
			const { heard } = await connect();
			const { messageId, deliveries } = await say();
			expect(deliveries).toMatchObject([{ by: 'stream', status: 200 }]);
			expect(deliveries[0]).not.toHaveProperty('refused');
			await until(() => heard.length);
			expect(heard).toMatchObject([{ platform: name, kind: 'message', messageId, text: 'hello' }]);
			expect(heard[0]!.replyTo).toBeDefined();
		});

		it('brings what happens beside, and is told so', async () => {
			const { heard } = await connect();
			for (const more of [pressed, happened.said]) {
				const { deliveries } = await say(more);
				expect(deliveries).toMatchObject([{ status: 200 }]);
				expect(deliveries[0]).not.toHaveProperty('refused');
			}
			await until(() => heard.length === 2);
			expect(heard).toMatchObject([
				{ kind: 'action', action: { id: 'ok' } },
				{ kind: 'event', event: { type: happened.type } },
			]);
		});

		it('brings what HTTP brings under the same id', async () => {
			const { heard } = await connect();
			for (const more of [{}, pressed, happened.said]) {
				const { messageId } = await say(more);
				const message = await until(() => heard.splice(0)[0]);
				if (name === 'dingtalk' && message.kind === 'action') continue;
				const { body, headers, ...request } = await control.post('/build', { messageId });
				// As Node reads them.
				const names = Object.entries(headers as object).map(([key, value]) => [
					key.toLowerCase(),
					value as string,
				]);
				const decoded = callback.decode(
					{
						...request,
						headers: Object.fromEntries(names),
						body: Buffer.from(body as string, 'base64'),
					} as RawRequest,
					credentialOf(),
					sandbox.world.clock.now(),
				);
				const byHttp = 'message' in decoded ? decoded.message : undefined;
				const keyOf = (one?: DecodedMessage) => [one?.kind, one?.conversationId, one?.messageId];
				const isSame = JSON.stringify(keyOf(byHttp)) === JSON.stringify(keyOf(message));
				expect([message.kind, isSame]).toEqual([message.kind, known.includes(message.kind)]);
			}
		});

		it('is told of a message that is not stored', async () => {
			await connect(() => 'later');
			const { deliveries } = await say();
			expect(deliveries).toMatchObject([{ status: later ?? 200 }]);
		});

		it('is pinged, and lives', async () => {
			const { connection } = await connect();
			await until(() => connection.state.status === 'connected');
			expect(await connections()).toMatchObject([{ service: name }]);
			expect(connection.state.refusedFrames).toBe(0);
		});

		it('refuses a wrong secret once, and says so', async () => {
			const wrong = {
				clientSecret: 'wrong-secret',
				appSecret: 'wrong-secret',
				secret: 'wrong-secret',
			};
			const failing = connect(undefined, wrong);
			await expect(failing).rejects.toMatchObject({ failureClass: 'badCredentials' });
			const asked = await frames(name === 'wecom' ? 'subscribe' : 'gateway');
			expect(asked).toHaveLength(1);
		});
	},
);

it('Another connection of a WeCom bot takes its place for good', async () => {
	const credential = { ...sandbox.world.accounts.weComAiBotApi };
	const receive = async () => 'stored' as const;
	const [first, second] = [1, 2].map(
		() => new Connection({ protocol: weCom, credential, kinds: EVERYTHING, log: logger, receive }),
	) as [Connection, Connection];
	open.push(first, second);
	await first.open();
	await second.open();
	await until(() => first.state.status === 'stopped');
	expect(first.state.failure).toMatchObject({ failureClass: 'replaced' });
	expect(second.state.status).toBe('connected');
});

describe('A changed credential', () => {
	const lines: string[] = [];
	const note = (line: string): void => void lines.push(line);
	const log = { info: note, warn: note, error: note };
	const listener = { kinds: EVERYTHING, take: async () => true };
	let leave = (): void => {};
	async function use(protocol: StreamProtocol, more: object = {}): Promise<void> {
		const accounts = sandbox.world.accounts as unknown as Record<string, object>;
		const credential = { ...accounts[protocol.credential], ...more };
		leave = await join('trigger', { protocol, credential, log }, listener);
		await until(async () => (await connections()).length === 1);
	}

	beforeEach(() => void (lines.length = 0));
	afterEach(() => leave());

	it.each(CASES)(
		'of $name opens another connection, and the log says of none that it is lost',
		async ({ name, protocol }) => {
			// WeCom ends the old one before it confirms the new one.
			const slow = { service: name, does: 'delay', kind: 'acknowledgement', delayMs: 100 };
			await control.post('/stream-faults', { ...slow, times: -1 });
			for (let changes = 0; changes < 3; changes += 1) await use(protocol, { changes });
			expect(lines).toEqual(Array(3).fill(expect.stringMatching(/: connected$/)));
		},
	);

	it('that is wrong leaves the old connection, of which the log goes on', async () => {
		await use(weCom);
		const wrong = use(weCom, { secret: 'wrong' });
		await expect(wrong).rejects.toMatchObject({ failureClass: 'badCredentials' });
		await control.post('/stream-faults', { service: 'wecom', does: 'announceDisconnect' });
		await until(() => lines.find((line) => line.includes('another connection')));
	});
});
