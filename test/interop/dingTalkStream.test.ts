import { DWClient, EventAck } from 'dingtalk-stream';
import fc from 'fast-check';
import { decodeStreamEvent } from '../../protocol/dingtalk/decode';
import { acknowledgeFrame, decodeFrame, type FrameOutcome } from '../../protocol/dingtalk/stream';
import { judged, text, word } from './seeds';

/* DingTalk's own client against our frames: what it answers to which frame, and what it hands on. */

interface Said {
	code: number;
	headers: { messageId: string };
	message: string;
	data: string;
}

/** The client without a connection: a frame in, what it would send out. */
function clientWith(status: EventAck) {
	const sent: Said[] = [];
	const heard: Array<{ data: string; headers: Record<string, string> }> = [];
	const client = new DWClient({ clientId: 'id', clientSecret: 'secret' });
	client.registerAllEventListener((message) => {
		heard.push(message as never);
		return { status };
	});
	client.registerCallbackListener('/v1.0/im/bot/messages/get', (message) => {
		heard.push(message as never);
		client.socketCallBackResponse(message.headers.messageId, null);
	});
	Object.assign(client, {
		socket: { send: (said: string) => sent.push(JSON.parse(said) as Said) },
	});
	return { client, sent, heard };
}

const topics = {
	SYSTEM: ['ping', 'ping', 'disconnect', 'CONNECTED', 'REGISTERED', 'KEEPALIVE', 'new'],
	EVENT: ['*'],
	CALLBACK: ['/v1.0/im/bot/messages/get'],
};
const frame = fc.constantFrom('SYSTEM', 'EVENT', 'CALLBACK').chain((type) =>
	fc.record({
		specVersion: fc.constant('1.0'),
		type: fc.constant(type),
		headers: fc.record({
			topic: fc.constantFrom(...topics[type]),
			messageId: word(1, 30),
			contentType: fc.constant('application/json'),
			time: fc.nat().map(String),
			eventType: word(1, 20),
			eventId: word(1, 30),
			eventBornTime: fc.integer({ min: 1, max: 4e12 }).map(String),
		}),
		data: fc.oneof(
			fc.jsonValue().map((value) => JSON.stringify(value)),
			fc.dictionary(word(1, 9), text).map((value) => JSON.stringify(value)),
		),
	}),
);

describe('dingtalk-stream', () => {
	judged(
		'answers the frames that we answer, and alike',
		2000,
		fc.property(frame, fc.constantFrom<FrameOutcome>('stored', 'later'), (one, outcome) => {
			const { client, sent } = clientWith(outcome === 'later' ? EventAck.LATER : EventAck.SUCCESS);
			const wire = JSON.stringify(one);
			client.onDownStream(wire);
			const ours = acknowledgeFrame(decodeFrame(wire), outcome);
			// Its callbacks know no failure: ours say so with a code of their own.
			if (one.type === 'CALLBACK' && outcome === 'later') return expect(ours?.code).toBe(500);
			const [theirs] = sent.map(({ code, message, data, headers: { messageId } }) => ({
				...{ code, message, data },
				headers: { contentType: 'application/json', messageId },
			}));
			expect(ours).toEqual(theirs);
		}),
	);

	judged(
		'hands on what we read',
		2000,
		fc.property(frame, (one) => {
			const { client, heard } = clientWith(EventAck.SUCCESS);
			const wire = JSON.stringify(one);
			client.onDownStream(wire);
			if (one.type === 'SYSTEM') return expect(heard).toEqual([]);
			const [theirs] = heard;
			const ours = decodeFrame(wire);
			expect({ data: ours.data, headers: ours.headers }).toEqual({
				data: theirs?.data,
				headers: theirs?.headers,
			});
		}),
	);

	judged(
		'names the events that we read',
		1000,
		fc.property(frame, fc.dictionary(word(1, 9), text), (one, fields) => {
			const { client, heard } = clientWith(EventAck.SUCCESS);
			const wire = JSON.stringify({ ...one, type: 'EVENT', data: JSON.stringify(fields) });
			client.onDownStream(wire);
			const [{ headers, data }] = heard as [(typeof heard)[0]];
			expect(decodeStreamEvent(decodeFrame(wire), Date.now())).toMatchObject({
				messageId: headers.eventId,
				event: { type: headers.eventType, data: JSON.parse(data) as object },
				sentAt: new Date(Number(headers.eventBornTime)).toISOString(),
			});
		}),
	);
});

it('A judge finds what is wrong (control): every frame about the connection answered', () => {
	const property = fc.property(frame, (one) => {
		const { client, sent } = clientWith(EventAck.SUCCESS);
		client.onDownStream(JSON.stringify(one));
		expect(sent.length).toBe(1);
	});
	expect(fc.check(property, { numRuns: 100 }).failed).toBe(true);
});
