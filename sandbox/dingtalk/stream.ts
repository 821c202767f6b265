import type { StreamConnection, Wire } from '../stream/connection.ts';
import type { StreamAnswer, StreamDialogue } from '../stream/dialogue.ts';
import type { HandshakeVerdict, StreamServer } from '../stream/server.ts';
import type { UserMessage } from '../messages.ts';
import { createWaiting } from '../stream/waiting.ts';
import type { World } from '../world.ts';
import { dingTalkEvents } from './deliver.ts';
import {
	type DingTalkAck,
	frameOf,
	judgeAck,
	newFrameId,
	pushOf,
	readAck,
	subscriptionFor,
} from './frames.ts';
import type { DingTalkGrant, Subscription } from './gateway.ts';

/** From the announcement of a disconnect to the end of TCP. */
const LEAVE_MS = 10_000;
/** As many pushes are remembered for acknowledgements that come late or twice. */
const PUSHES = 10_000;

class DingTalkDialogue implements StreamDialogue {
	private readonly connection: StreamConnection;
	private readonly world: World;
	private readonly subscriptions: Subscription[];
	private readonly acks = createWaiting<DingTalkAck>();
	private readonly pushed = new Set<string>();
	/** What the pings hold that are not answered yet, by their message ids. */
	private readonly pings = new Map<string, string>();

	constructor(connection: StreamConnection, world: World, subscriptions: Subscription[]) {
		this.connection = connection;
		this.world = world;
		this.subscriptions = subscriptions;
		for (const topic of ['CONNECTED', 'REGISTERED']) this.system(topic, {});
		this.pingLater();
	}

	takes(message: UserMessage): boolean {
		if (message.botId !== this.connection.botId) return false;
		const wanted = subscriptionFor(message);
		return this.subscriptions.some(
			({ type, topic }) => type === wanted.type && topic === wanted.topic,
		);
	}

	async deliver(message: UserMessage, waitMs = dingTalkEvents.deadlineMs): Promise<StreamAnswer> {
		const messageId = newFrameId();
		const sent = pushOf(message, messageId, this.world);
		this.pushed.add(messageId);
		if (this.pushed.size > PUSHES) this.pushed.delete(this.pushed.values().next().value!);
		const answered = this.acks.for(messageId, waitMs);
		this.connection.send(sent, 'delivery');
		const ack = await answered;
		if (!ack) return { sent, status: 0, answer: '', refused: 'no acknowledgement' };
		const refused = judgeAck(ack, message);
		return { sent, status: ack.code, answer: ack.text, refused };
	}

	receive(frame: Wire) {
		if (typeof frame !== 'string') throw new Error('a frame must be text');
		const ack = readAck(frame);
		if (this.pings.has(ack.messageId)) return this.pong(ack);
		if (this.acks.settle(ack.messageId, ack)) return;
		if (!this.pushed.has(ack.messageId)) throw new Error(`nothing was sent as ${ack.messageId}`);
		const note = 'late, or a second one';
		this.connection.record({ kind: 'acknowledgement', note, request: { body: frame } });
	}

	announceDisconnect() {
		// It carries no message id, and nobody has to answer it.
		const data = { reason: 'the platform balances its connections anew' };
		const frame = frameOf('SYSTEM', { topic: 'disconnect' }, data, this.world);
		this.connection.say(frame, { kind: 'disconnect' });
		this.world.clock.after(LEAVE_MS, 'dingtalk', () => this.connection.end());
	}

	ping(): string {
		const opaque = newFrameId();
		const messageId = newFrameId();
		this.pings.set(messageId, opaque);
		return frameOf('SYSTEM', { topic: 'ping', messageId }, { opaque }, this.world);
	}

	ended() {
		this.acks.giveUp();
	}

	private system(topic: string, data: object) {
		const headers = { topic, messageId: newFrameId(), connectionId: this.connection.id };
		this.connection.say(frameOf('SYSTEM', headers, data, this.world), { kind: 'system' });
	}

	private pong({ code, messageId, data, text }: DingTalkAck) {
		const isRight = code === 200 && data?.opaque === this.pings.get(messageId);
		this.pings.delete(messageId);
		const refused = isRight ? undefined : 'a ping is answered with code 200 and its own data';
		this.connection.record({ kind: 'pong', refused, request: { body: text } });
	}

	/** A bot that has not answered the ping before is taken for gone. */
	private pingLater() {
		this.connection.after(this.world.streamSettings.get().dingtalk.pingEveryMs, () => {
			if (this.pings.size) return this.connection.end();
			this.connection.say(this.ping(), { kind: 'ping' });
			this.pingLater();
		});
	}
}

/** DingTalk's Stream mode: a ticket of the gateway opens one connection. */
export const dingTalkStream: StreamServer = {
	service: 'dingtalk',
	admit(url: URL, world: World): HandshakeVerdict {
		const verdict = world.tickets.redeem<DingTalkGrant>(url.searchParams.get('ticket'));
		if ('refused' in verdict) return { status: 401, refused: verdict.refused };
		const { botId, who, subscriptions } = verdict.grant;
		return {
			who,
			botId,
			begin: (connection) => new DingTalkDialogue(connection, world, subscriptions),
		};
	},
};
