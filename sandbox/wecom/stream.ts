import { randomBytes } from '../aes.ts';
import { type Json, parseJson } from '../http.ts';
import type { UserMessage } from '../messages.ts';
import type { StreamConnection, Wire } from '../stream/connection.ts';
import type { StreamAnswer, StreamDialogue } from '../stream/dialogue.ts';
import type { HandshakeVerdict, StreamServer } from '../stream/server.ts';
import type { World } from '../world.ts';
import { AiBotAnswers } from './aibot-answers.ts';
import { aiBotCommands, type CommandOutcome } from './aibot-commands.ts';
import { offerFile } from './aibot-files.ts';
import { FrameRefusal } from './aibot-replies.ts';
import { AiBotUploads } from './aibot-uploads.ts';
import { aiBotBody } from './aibot-deliver.ts';

/** How long the platform thinks; an answer of the same `req_id` before it has answered is one too many. */
const ANSWER_MS = 5;

const newRequestId = () => randomBytes(16).toString('hex');

const commandOf = (cmd: unknown) =>
	Object.hasOwn(aiBotCommands, String(cmd)) ? aiBotCommands[String(cmd)] : undefined;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Nobody asks for it: another connection has taken the place of this one. */
function disconnectedEvent(world: World, botId: string | undefined): string {
	const body = {
		msgid: newRequestId(),
		create_time: Math.floor(world.clock.now() / 1000),
		aibotid: botId,
		msgtype: 'event',
		event: { eventtype: 'disconnected_event' },
	};
	const headers = { req_id: newRequestId() };
	return JSON.stringify({ cmd: 'aibot_event_callback', headers, body });
}

class WeComDialogue implements StreamDialogue {
	private readonly connection: StreamConnection;
	private readonly world: World;
	readonly answers: AiBotAnswers;
	readonly uploads: AiBotUploads;
	private readonly inFlight = new Set<string>();
	private isSubscribed = false;
	private stopWatch = () => {};

	constructor(connection: StreamConnection, world: World) {
		this.connection = connection;
		this.world = world;
		this.answers = new AiBotAnswers(world, connection);
		this.uploads = new AiBotUploads(world);
		this.watchSilence();
	}

	takes(message: UserMessage): boolean {
		return this.isSubscribed && message.botId === this.connection.botId;
	}

	/** The platform waits for no acknowledgement: what was sent is delivered. */
	async deliver(message: UserMessage): Promise<StreamAnswer> {
		const reqId = newRequestId();
		const sent = this.callbackOf(reqId, message);
		this.answers.expect(reqId, message);
		const isSent = this.connection.send(sent, 'delivery');
		return isSent
			? { sent, status: 200, answer: '' }
			: { sent, status: 0, answer: '', refused: 'not sent' };
	}

	receive(frame: Wire) {
		if (typeof frame !== 'string') throw new Error('a frame must be text');
		const { cmd, headers, body } = parseJson(Buffer.from(frame)) ?? {};
		const reqId = headers?.req_id;
		if (typeof reqId !== 'string' || !reqId) throw new Error('headers.req_id must be a string');
		this.watchSilence();
		if (this.inFlight.has(reqId)) {
			const refusal = new FrameRefusal(45033, 'the answer before this one is not yet acknowledged');
			this.connection.send(this.keep(frame, cmd, reqId, refusal), 'acknowledgement');
			return;
		}
		this.inFlight.add(reqId);
		const answer = this.keep(frame, cmd, reqId, this.carryOut(cmd, reqId, body));
		this.connection.after(ANSWER_MS, () => {
			this.inFlight.delete(reqId);
			this.connection.send(answer, 'acknowledgement');
			if (cmd === 'aibot_subscribe' && this.isSubscribed) this.replaceOthers();
		});
	}

	/** The platform has no other way than to say that somebody took the place. */
	announceDisconnect() {
		this.connection.say(disconnectedEvent(this.world, this.connection.botId), {
			kind: 'disconnect',
		});
		this.isSubscribed = false;
		this.connection.close(1000, 'replaced');
	}

	ended() {
		this.stopWatch();
	}

	private callbackOf(reqId: string, message: UserMessage): string {
		const body: Json = aiBotBody(message, this.world, offerFile(message.file, this.world, true));
		const isEvent = message.contentType === 'event';
		// The platform's documents have an event's fields below its type, its client beside it.
		if (isEvent) body.event = { ...message.event, ...body.event };
		const cmd = isEvent ? 'aibot_event_callback' : 'aibot_msg_callback';
		return JSON.stringify({ cmd, headers: { req_id: reqId }, body });
	}

	private carryOut(cmd: unknown, reqId: string, body: unknown = {}): CommandOutcome | FrameRefusal {
		try {
			if (!isObject(body)) throw new FrameRefusal(40058, 'body must be an object');
			if (cmd === 'aibot_subscribe') return this.subscribe(body);
			if (!this.isSubscribed) throw new FrameRefusal(40058, 'aibot_subscribe must be first');
			const command = commandOf(cmd);
			if (!command) throw new FrameRefusal(40058, `unknown cmd ${String(cmd)}`);
			return command.run(this, reqId, body);
		} catch (error) {
			if (error instanceof FrameRefusal) return error;
			throw error;
		}
	}

	/** The code of a wrong secret is what people report of the platform's own tools. */
	private subscribe(body: Json): CommandOutcome {
		const bot = this.world.bots.find('wecom', body.bot_id);
		if (!bot) throw new FrameRefusal(40058, 'invalid Request Parameter');
		if (body.secret !== bot.secret || this.world.streamFaults.entry('wecom', 'wrongCredentials'))
			throw new FrameRefusal(853000, 'signature is incorrect, please check the bot secret');
		this.isSubscribed = true;
		this.connection.botId = bot.id;
		return {};
	}

	/** One connection for each bot: the last one stays. */
	private replaceOthers() {
		for (const { connection, dialogue } of this.world.connections.of('wecom')) {
			const isSame = connection.botId === this.connection.botId;
			const isOther = isSame && connection !== this.connection && connection.isOpen;
			if (isOther && (dialogue as WeComDialogue).isSubscribed) dialogue.announceDisconnect();
		}
	}

	/** Writes the exchange into the ledger, also where the bot is gone before it is answered. Returns the answer. */
	private keep(
		frame: string,
		cmd: unknown,
		reqId: string,
		outcome: CommandOutcome | FrameRefusal,
	): string {
		const isRefused = outcome instanceof FrameRefusal;
		const said = isRefused
			? { errcode: outcome.errcode, errmsg: outcome.message }
			: { errcode: 0, errmsg: 'ok', ...(outcome.body && { body: outcome.body }) };
		const answer = JSON.stringify({ headers: { req_id: reqId }, ...said });
		this.connection.record({
			kind: cmd === 'aibot_subscribe' ? 'subscribe' : (commandOf(cmd)?.kind ?? 'unknown'),
			...(!isRefused && outcome.taken),
			refused: isRefused ? `${outcome.errcode} ${outcome.message}` : undefined,
			request: { body: frame },
			response: { body: answer },
		});
		return answer;
	}

	private watchSilence() {
		this.stopWatch();
		const { silenceMs } = this.world.streamSettings.get().wecom;
		this.stopWatch = this.connection.after(silenceMs, () => this.connection.end());
	}
}

/** WeCom's AI bots: no gateway, the first frame says who is there. */
export const weComStream: StreamServer = {
	service: 'wecom',
	admit(_url: URL, world: World): HandshakeVerdict {
		if (world.streamFaults.entry('wecom', 'refuse')) {
			const body = '<html><body><h1>503 Service Unavailable</h1></body></html>';
			const headers = { 'content-type': 'text/html' };
			return { status: 503, refused: 'fault: refuse', headers, body };
		}
		return { who: 'AI bot', begin: (connection) => new WeComDialogue(connection, world) };
	},
};
