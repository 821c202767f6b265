import type { Json } from '../http.ts';
import type { AiBotAnswers, Taken } from './aibot-answers.ts';
import type { AiBotUploads } from './aibot-uploads.ts';

/** What a command brought about: what the bot is told, and what the ledger says. */
export interface CommandOutcome {
	body?: object;
	taken?: Taken;
}

/** What one connection knows. */
interface BotMemory {
	answers: AiBotAnswers;
	uploads: AiBotUploads;
}

interface AiBotCommand {
	/** In the ledger. */
	kind: string;
	/** @throws FrameRefusal */
	run(memory: BotMemory, reqId: string, body: Json): CommandOutcome;
}

/** What a bot may say once it has subscribed. */
export const aiBotCommands: Record<string, AiBotCommand> = {
	ping: { kind: 'ping', run: () => ({}) },
	aibot_respond_msg: {
		kind: 'reply',
		run: ({ answers }, reqId, body) => ({ taken: answers.respond(reqId, body) }),
	},
	aibot_respond_welcome_msg: {
		kind: 'reply',
		run: ({ answers }, reqId, body) => ({ taken: answers.welcome(reqId, body) }),
	},
	aibot_respond_update_msg: {
		kind: 'reply',
		run: ({ answers }, reqId, body) => ({ taken: answers.update(reqId, body) }),
	},
	aibot_send_msg: {
		kind: 'send',
		run: ({ answers }, _reqId, body) => ({ taken: answers.send(body) }),
	},
	aibot_upload_media_init: {
		kind: 'upload',
		run: ({ uploads }, _reqId, body) => ({ body: uploads.init(body) }),
	},
	aibot_upload_media_chunk: {
		kind: 'upload',
		run: ({ uploads }, _reqId, body) => ({ body: uploads.chunk(body) }),
	},
	aibot_upload_media_finish: {
		kind: 'upload',
		run: ({ uploads }, _reqId, body) => ({ body: uploads.finish(body) }),
	},
};
