import {
	sleep,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IHookFunctions,
	type IWebhookFunctions,
} from 'n8n-workflow';
import { LeastRecentlyUsed, MAX_CREDENTIALS } from '../../../core/common/leastRecentlyUsed';
import { credentialKey } from '../../shared/http/tokens';
import { callApp } from '../api';

/*
 * Feishu's messages do not say which mention is the bot's: its own id has to be asked for, once per
 * credential and process. That happens when the workflow is published, and at the first callback of a
 * process that has not published it (a restart, a webhook processor).
 */

/** What a callback may wait for the id: well inside the second that Feishu gives to a URL check. */
const PATIENCE_MS = 500;
/** After a failure nobody asks again for this long. */
const PAUSE_MS = 10 * 60 * 1000;

interface Question {
	openId?: string;
	answered: Promise<void>;
	againAt: number;
}

const questions = new LeastRecentlyUsed<Question>(MAX_CREDENTIALS);

/** The bot's open_id; undefined while nobody knows it. */
export function knownBotId(credential: ICredentialDataDecryptedObject): string | undefined {
	return questions.get(credentialKey(credential))?.openId;
}

/** Asks who the bot is, where that is not known. Waits half a second at most and never fails. */
export async function learnBotId(
	ctx: IWebhookFunctions | IHookFunctions,
	credential: ICredentialDataDecryptedObject,
): Promise<void> {
	const key = credentialKey(credential);
	let question = questions.get(key);
	if (question?.openId) return;
	if (!question || question.againAt < Date.now()) {
		question = ask(ctx, credential);
		questions.set(key, question);
	}
	await Promise.race([question.answered, sleep(PATIENCE_MS)]);
}

function ask(
	ctx: IWebhookFunctions | IHookFunctions,
	credential: ICredentialDataDecryptedObject,
): Question {
	const question: Question = {
		againAt: Date.now() + PAUSE_MS,
		answered: callApp(ctx, credential, { method: 'GET', path: '/open-apis/bot/v3/info' }).then(
			({ bot }) => {
				const openId = (bot as IDataObject | undefined)?.open_id;
				if (typeof openId === 'string' && openId) question.openId = openId;
			},
			(error: Error) => {
				ctx.logger.warn(
					`${ctx.getNode().name}: the bot’s own id could not be looked up, its mention is guessed until then (${error.message})`,
				);
			},
		),
	};
	return question;
}
