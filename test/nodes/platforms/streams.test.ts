import { serialize } from 'node:v8';
import fc from 'fast-check';
import { encodeFrame as encodeFeishu } from '../../../protocol/feishu/frame';
import { Refused } from '../../../protocol/verify';
import { stream as dingTalk } from '../../../nodes/DingTalk/receive/stream';
import { stream as feishu } from '../../../nodes/Feishu/receive/stream';
import type {
	Meaning,
	StreamProtocol,
	StreamSession,
	WireFrame,
} from '../../../nodes/shared/receive/connection/stream';
import { stream as weCom } from '../../../nodes/WeCom/receive/stream';
import { judged, text } from '../../interop/seeds';

/*
 * Whatever comes by a connection is read, refused or ignored, on every platform: never another error, no
 * growth, no id that is not the frame's.
 */

interface Case {
	name: string;
	protocol: StreamProtocol;
	credential: Record<string, string>;
	/** A frame that brings a message of this id, given as JSON. */
	message(id: string): WireFrame;
	frames: WireFrame[];
	/** What stands in frames, and how. */
	documents: Array<[document: object, framed: (json: string) => WireFrame]>;
}

const NOW = Date.parse('2026-11-30T08:00:00Z');

/** JSON of a value, with `"@id"` as it is given. */
const withId = (value: unknown, id: string): string => JSON.stringify(value).replace('"@id"', id);

const dingTalkFrame = (type: string, topic: string, data: string): string =>
	JSON.stringify({
		specVersion: '1.0',
		type,
		headers: { topic, messageId: 'm1', eventId: 'e1', eventType: 't', time: '1700000000000' },
		data,
	});
const robotMessage = {
	msgId: '@id',
	msgtype: 'text',
	text: { content: 'hi' },
	conversationId: 'c1',
	conversationType: '2',
	atUsers: [{ dingtalkId: 'd1', staffId: 's1' }],
	sessionWebhook: 'https://oapi.dingtalk.com/robot/sendBySession?session=s',
};
const ROBOT = '/v1.0/im/bot/messages/get';
const CARD = '/v1.0/card/instances/callback';
const cardAction = {
	outTrackId: 'c1',
	content: '{"cardPrivateData":{"actionIds":["a"],"params":{"a":1}}}',
};

const feishuFrame = (
	payload: string | Buffer,
	headers: Record<string, string> = {},
	method = 1,
): Buffer =>
	encodeFeishu({
		...{ seqId: 1n, logId: 2n ** 63n + 1n, service: 1, method },
		headers: Object.entries({ type: 'event', message_id: 'm1', sum: '1', seq: '0', ...headers }),
		payload: Buffer.from(payload),
	});
const feishuMessage = {
	header: { event_id: 'e1', event_type: 'im.message.receive_v1', create_time: '1700000000000' },
	event: {
		sender: { sender_id: { open_id: 'o1' } },
		message: {
			message_id: '@id',
			chat_id: 'c1',
			chat_type: 'group',
			message_type: 'post',
			content: '{"content":[[{"tag":"text","text":"hi"},{"tag":"at","user_id":"@_user_1"}]]}',
			mentions: [{ key: '@_user_1', id: { open_id: 'o2' }, name: 'B' }],
		},
	},
};

const framed = (cmd: string, json: string): string =>
	`{"cmd":"${cmd}","headers":{"req_id":"r1"},"body":${json}}`;
const weComFrame = (cmd: string, body: object): string => framed(cmd, JSON.stringify(body));
const aiBotMessage = {
	msgid: '@id',
	aibotid: 'b1',
	chattype: 'group',
	chatid: 'c1',
	from: { userid: 'u1' },
	msgtype: 'mixed',
	mixed: { msg_item: [{ msgtype: 'text', text: { content: '@Bot hi' } }] },
	quote: { msgtype: 'text', text: { content: 'before' } },
};
const cardEvent = {
	eventtype: 'template_card_event',
	template_card_event: {
		event_key: 'k',
		selected_items: { selected_item: [{ question_key: 'q', option_ids: { option_id: ['o'] } }] },
	},
};

const CASES: Case[] = [
	{
		name: 'DingTalk',
		protocol: dingTalk,
		credential: { clientId: 'd', clientSecret: 'a-secret', oapiBaseUrl: '' },
		message: (id) => dingTalkFrame('CALLBACK', ROBOT, withId(robotMessage, id)),
		frames: [
			dingTalkFrame('CALLBACK', CARD, JSON.stringify(cardAction)),
			dingTalkFrame('EVENT', '*', '{"operator":"o"}'),
			dingTalkFrame('CALLBACK', '/v1.0/new', '{}'),
			dingTalkFrame('SYSTEM', 'ping', '{"opaque":"1"}'),
			dingTalkFrame('SYSTEM', 'disconnect', '{"reason":"r"}'),
		],
		documents: [
			[robotMessage, (json) => dingTalkFrame('CALLBACK', ROBOT, json)],
			[cardAction, (json) => dingTalkFrame('CALLBACK', CARD, json)],
			[JSON.parse(dingTalkFrame('EVENT', '*', '{"operator":"o"}')) as object, (json) => json],
			[JSON.parse(dingTalkFrame('SYSTEM', 'ping', '{}')) as object, (json) => json],
		],
	},
	{
		name: 'Feishu',
		protocol: feishu,
		credential: { appId: 'f', appSecret: 'a-secret' },
		message: (id) => feishuFrame(withId(feishuMessage, id)),
		frames: [
			feishuFrame('{"PingInterval":1}', { type: 'pong' }, 0),
			feishuFrame('{', { sum: '2', seq: '0' }),
			feishuFrame('}', { sum: '2', seq: '1' }),
			feishuFrame('{"header":{"event_id":"e","event_type":"card.action.trigger"},"event":{}}'),
			feishuFrame('{}', { type: 'card' }),
		],
		documents: [
			[feishuMessage, feishuFrame],
			[{ PingInterval: 1, ReconnectNonce: 1 }, (json) => feishuFrame(json, { type: 'pong' }, 0)],
		],
	},
	{
		name: 'WeCom',
		protocol: weCom,
		credential: { botId: 'b', secret: 'a-secret', botName: '' },
		message: (id) =>
			weComFrame('aibot_msg_callback', JSON.parse(withId(aiBotMessage, '"@id"')) as object).replace(
				'"@id"',
				id,
			),
		frames: [
			weComFrame('aibot_event_callback', { ...aiBotMessage, msgtype: 'event', event: cardEvent }),
			weComFrame('aibot_event_callback', {
				...aiBotMessage,
				event: { eventtype: 'disconnected_event' },
			}),
			JSON.stringify({ headers: { req_id: 'r' }, errcode: 846608, errmsg: 'over' }),
			weComFrame('aibot_new', {}),
		],
		documents: [
			[aiBotMessage, (json) => framed('aibot_msg_callback', json)],
			[
				{ ...aiBotMessage, msgtype: 'event', event: cardEvent },
				(json) => framed('aibot_event_callback', json),
			],
			[{ cmd: 'c', headers: { req_id: 'r' }, errcode: 1, errmsg: 'e', body: {} }, (json) => json],
		],
	},
];

/** The meanings of a frame; undefined where it was refused. */
function readBy(session: StreamSession, wire: WireFrame): Meaning[] | undefined {
	try {
		return session.read(wire, NOW);
	} catch (error) {
		expect(error).toBeInstanceOf(Refused);
		return undefined;
	}
}

/** What is done with a meaning later must not fail either. */
function use(meaning: Meaning): void {
	structuredClone(meaning.kind === 'message' ? meaning.message : {});
	JSON.stringify(meaning);
	if (meaning.kind !== 'message') return;
	expect(meaning.message.messageId).toMatch(/./);
	meaning.acknowledge('stored', 1);
	meaning.acknowledge('later', 1);
}

const bytesOf = (wire: WireFrame): Buffer => Buffer.from(wire as string);

/** A frame that is spoiled: cut, changed in one place, doubled, as text where it was bytes and the reverse. */
const spoiled = (frames: WireFrame[]) =>
	fc
		.record({
			frame: fc.constantFrom(...frames),
			at: fc.nat(2000),
			by: fc.oneof(
				fc.uint8Array({ maxLength: 8 }),
				text.map((said) => Buffer.from(said)),
			),
			how: fc.constantFrom('cut', 'change', 'insert', 'double', 'swap'),
		})
		.map(({ frame, at, by, how }): WireFrame => {
			const bytes = bytesOf(frame);
			const place = at % (bytes.length + 1);
			if (how === 'swap') return typeof frame === 'string' ? bytes : bytes.toString('latin1');
			const rest = { cut: bytes.length, change: place + by.length, insert: place, double: 0 }[how];
			const changed = Buffer.concat([bytes.subarray(0, place), by, bytes.subarray(rest)]);
			return typeof frame === 'string' ? changed.toString('utf8') : changed;
		});

/** A JSON document with another value in one place, in its frame. */
const replaced = (documents: Case['documents']) =>
	fc
		.record({ document: fc.constantFrom(...documents), at: fc.nat(1000), value: fc.jsonValue() })
		.map(({ document: [document, framed], at, value }): WireFrame => {
			const text_ = JSON.stringify(document);
			let places = 0;
			JSON.parse(text_, () => void places++);
			let place = 0;
			const changed: unknown = JSON.parse(text_, (_, each: unknown) =>
				place++ === at % places ? value : each,
			);
			return framed(JSON.stringify(changed));
		});

const anything = fc.oneof(
	fc.uint8Array({ maxLength: 300 }),
	text,
	fc.jsonValue().map((value) => JSON.stringify(value)),
	fc.constantFrom(
		'<!DOCTYPE html><html><body>502 Bad Gateway</body></html>',
		'',
		'{"headers":{"__proto__":{"topic":"ping"}},"type":"SYSTEM"}',
		`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`,
	),
);

describe.each(CASES)('$name', ({ name, protocol, credential, message, frames, documents }) => {
	const begin = (): StreamSession => protocol.session({ url: 'wss://x/?service_id=1' }, credential);
	const valid = [message('"m1"'), ...frames];

	judged(
		`${name} reads, refuses or ignores whatever comes`,
		2000,
		fc.property(
			fc.array(fc.oneof(spoiled(valid), replaced(documents), anything, fc.constantFrom(...valid)), {
				minLength: 1,
				maxLength: 5,
			}),
			(wires) => {
				const session = begin();
				for (const wire of wires) for (const meaning of readBy(session, wire) ?? []) use(meaning);
				// It still reads what is right.
				const [meaning] = session.read(message('"m2"'), NOW + 60_000);
				expect(meaning).toMatchObject({ kind: 'message', message: { messageId: 'm2' } });
			},
		),
	);

	judged(
		`${name} takes no id for another one`,
		300,
		fc.property(fc.bigInt({ min: 0n, max: 2n ** 70n }), (id) => {
			const [meaning] = begin().read(message(String(id)), NOW);
			expect(meaning).toMatchObject({ kind: 'message', message: { messageId: String(id) } });
		}),
	);

	it('keeps nothing of a flood', () => {
		const session = begin();
		const flood = (from: number, to: number): void => {
			for (let n = from; n < to; n++) for (const frame of valid) readBy(session, frame);
		};
		const sizeOf = (): number =>
			serialize(Object.entries(session).filter(([, value]) => typeof value !== 'function')).length;
		flood(0, 100);
		const before = sizeOf();
		flood(100, 2000);
		expect(sizeOf()).toBeLessThanOrEqual(before);
	});
});

it('Fragments that never complete take a bounded place', () => {
	const session = feishu.session({ url: '' }, {});
	const part = 'x'.repeat(100_000);
	let refused = 0;
	for (let n = 0; n < 500; n++) {
		const frame = feishuFrame(part, { message_id: `m${n}`, sum: '9', seq: '3' });
		if (!readBy(session, frame)) refused++;
	}
	expect(refused).toBeGreaterThan(300);
	expect(serialize(Object.entries(session)).length).toBeLessThan(10e6);
});

it('A judge finds what is wrong (control): an id that is rounded', () => {
	const property = fc.property(fc.bigInt({ min: 0n, max: 2n ** 70n }), (id) => {
		expect(String(JSON.parse(String(id)))).toBe(String(id));
	});
	expect(fc.check(property, { numRuns: 100 }).failed).toBe(true);
});
