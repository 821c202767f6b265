import {
	LoggerProxy,
	sleep,
	type ICredentialDataDecryptedObject,
	type IHookFunctions,
	type IWebhookFunctions,
} from 'n8n-workflow';
import { isDefect } from '../../../core/common/defects';
import { LeastRecentlyUsed, MAX_CREDENTIALS } from '../../../core/common/leastRecentlyUsed';
import { strikeSecrets } from '../../../core/common/redact';
import { classify } from '../../../protocol/feishu/errors';
import { tokenRules } from '../../../protocol/feishu/token';
import { asFields, asText } from '../../../protocol/fields';
import { tokenOf } from '../../shared/http/authenticate';
import { urlOf } from '../../shared/http/credentials';
import { fetchJson } from '../../shared/http/fetchJson';
import { credentialKey } from '../../shared/http/tokens';
import { callApp } from '../api';

/*
 * Feishu's messages do not say which mention is the bot's: its own id has to be asked for, once per
 * credential and process. That happens when the workflow is published, at the first callback of a process
 * that has not published it (a restart, a webhook processor), and when a connection is opened.
 */

const PATH = '/open-apis/bot/v3/info';

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

/** Somebody who can ask Feishu: who the bot is, and where to say that nobody knows. */
interface Asker {
	/** The answer's body. */
	ask(): Promise<unknown>;
	say(level: 'warn' | 'error', text: string): void;
}

/** Asks who the bot is, by the context of a callback or of publishing. Otherwise as `learnBotId`. */
export async function learnBotIdIn(
	ctx: IWebhookFunctions | IHookFunctions,
	credential: ICredentialDataDecryptedObject,
): Promise<void> {
	await learn(credential, {
		ask: async () => await callApp(ctx, credential, { method: 'GET', path: PATH }),
		say: (level, text) => ctx.logger[level](`${ctx.getNode().name}: ${text}`),
	});
}

/** Asks who the bot is, where that is not known. Waits half a second at most and never fails. */
export async function learnBotId(credential: ICredentialDataDecryptedObject): Promise<void> {
	await learn(credential, {
		ask: async () => await fetchBot(credential),
		say: (level, text) => LoggerProxy[level](`Feishu: ${text}`),
	});
}

async function learn(credential: ICredentialDataDecryptedObject, asker: Asker): Promise<void> {
	const key = credentialKey(credential);
	let question = questions.get(key);
	if (question?.openId) return;
	if (!question || question.againAt < Date.now()) {
		question = begin(asker);
		questions.set(key, question);
	}
	await Promise.race([question.answered, sleep(PATIENCE_MS)]);
}

function begin({ ask, say }: Asker): Question {
	const question: Question = {
		againAt: Date.now() + PAUSE_MS,
		answered: ask().then(
			(body) => {
				const openId = asText(asFields(asFields(body).bot).open_id);
				if (openId) question.openId = openId;
			},
			(error: Error) => {
				const unknown =
					'the bot’s own id could not be looked up, its mention is guessed until then';
				if (isDefect(error)) say('error', strikeSecrets(`${unknown}: a defect: ${error.stack}`));
				else say('warn', `${unknown} (${error.message})`);
			},
		),
	};
	return question;
}

/** A connection has no context of n8n that makes requests. */
async function fetchBot(credential: ICredentialDataDecryptedObject): Promise<unknown> {
	const feishu = { service: 'Feishu', token: tokenRules, classify };
	const token = await tokenOf(credential, feishu);
	const headers = { authorization: `Bearer ${token}` };
	const answer = await fetchJson({ method: 'GET', url: urlOf(credential, PATH), headers });
	const refusal = 'class' in answer ? answer : classify(answer);
	if (refusal) throw new Error(refusal.code);
	return 'body' in answer ? answer.body : undefined;
}
