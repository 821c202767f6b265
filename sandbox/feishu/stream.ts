import type { UserMessage } from '../messages.ts';
import type { StreamConnection, Wire } from '../stream/connection.ts';
import type { StreamAnswer, StreamDialogue } from '../stream/dialogue.ts';
import type { HandshakeVerdict, StreamServer } from '../stream/server.ts';
import { createWaiting } from '../stream/waiting.ts';
import type { World } from '../world.ts';
import { judgePayload, wrongEcho } from './acknowledgement.ts';
import { eventOf, feishuEvents } from './deliver.ts';
import {
	CONTROL,
	DATA,
	decodeFrame,
	encodeFrame,
	type Frame,
	framesOf,
	headerOf,
	shownFrame,
} from './frames.ts';
import {
	AUTH_FAILED,
	clientConfig,
	EXCEEDS_CONNECTIONS,
	type Grant,
	hasTooMany,
} from './gateway.ts';

/** A client that lets so many of its pings out is taken for gone; the figure is not published. */
const MISSED_PINGS = 3;
const FORBIDDEN = 403;
const GOING_AWAY = 1001;

/** The platform's side of one connection. */
class FeishuDialogue implements StreamDialogue {
	private readonly connection: StreamConnection;
	private readonly service: number;
	private readonly world: World;
	private readonly waiting = createWaiting<Frame>();
	private seqId = 1;
	private spare = () => {};

	constructor(connection: StreamConnection, service: number, world: World) {
		this.connection = connection;
		this.service = service;
		this.world = world;
		this.awaitPing();
	}

	takes(message: UserMessage) {
		return message.botId === this.connection.botId;
	}

	async deliver(message: UserMessage, waitMs = feishuEvents.deadlineMs): Promise<StreamAnswer> {
		const event = eventOf(message, this.world);
		const frames = framesOf(event, this.service, this.seqId);
		this.seqId += frames.length;
		const sent = shownFrame(frames.at(-1)!, JSON.stringify(event));
		const coming = this.waiting.for(headerOf(frames[0]!, 'message_id')!, waitMs);
		for (const frame of frames) this.connection.send(encodeFrame(frame), 'delivery');
		const acknowledgement = await coming;
		if (!acknowledgement) {
			const refused = this.connection.isOpen
				? `no answer within ${waitMs} ms`
				: 'the connection ended before the acknowledgement';
			return { sent, status: 0, answer: '', refused };
		}
		const answer = shownFrame(acknowledgement);
		const refused = wrongEcho(acknowledgement, frames);
		if (refused) return { sent, status: 400, answer, refused };
		return { sent, answer, ...judgePayload(acknowledgement.payload, message, this.world) };
	}

	receive(data: Wire) {
		if (typeof data === 'string') throw new Error('text, where frames are binary');
		const frame = decodeFrame(data);
		if (frame.service !== this.service)
			throw new Error(`service is ${frame.service}, not the service_id of the address`);
		if (frame.method === CONTROL && headerOf(frame, 'type') === 'ping') return this.pong(frame);
		if (frame.method !== DATA) throw new Error('neither a ping nor an acknowledgement');
		if (!this.waiting.settle(headerOf(frame, 'message_id') ?? '', frame))
			throw new Error('acknowledges what nobody waits for: late, twice, or another message_id');
	}

	announceDisconnect() {
		this.connection.close(GOING_AWAY, 'going away');
	}

	ended() {
		this.waiting.giveUp();
	}

	private pong(ping: Frame) {
		const payload = Buffer.from(JSON.stringify(clientConfig(this.world)));
		const pong = { ...ping, headers: [{ key: 'type', value: 'pong' }], payload };
		this.connection.record({
			kind: 'ping',
			request: { body: shownFrame(ping) },
			response: { body: shownFrame(pong) },
		});
		this.connection.send(encodeFrame(pong), 'pong');
		this.awaitPing();
	}

	/** Ends the connection, unless a ping comes first. */
	private awaitPing() {
		this.spare();
		const silenceMs = MISSED_PINGS * clientConfig(this.world).PingInterval * 1000;
		this.spare = this.connection.after(silenceMs, () =>
			this.connection.close(GOING_AWAY, 'no ping'),
		);
	}
}

const refuse = (status: number, refused: string, authErrCode = status): HandshakeVerdict => ({
	refused,
	status: 403,
	headers: {
		'Handshake-Status': String(status),
		'Handshake-Msg': refused,
		'Handshake-Autherrcode': String(authErrCode),
	},
});

function admit({ searchParams }: URL, world: World): HandshakeVerdict {
	const ticket = world.tickets.redeem<Grant & { botId: string }>(searchParams.get('ticket'));
	if ('refused' in ticket) return refuse(AUTH_FAILED, ticket.refused);
	const { grant } = ticket;
	const isSame = (['device_id', 'service_id'] as const).every(
		(name) => searchParams.get(name) === grant[name],
	);
	if (!isSame) return refuse(FORBIDDEN, 'the address is not as it was given');
	if (hasTooMany({ id: grant.botId }, world))
		return refuse(AUTH_FAILED, 'too many connections', EXCEEDS_CONNECTIONS);
	return {
		who: `${grant.botId}, device ${grant.device_id}`,
		botId: grant.botId,
		begin: (connection) => new FeishuDialogue(connection, Number(grant.service_id), world),
	};
}

/** Feishu's long connection (长连接). */
export const feishuStream: StreamServer = { service: 'feishu', admit };
