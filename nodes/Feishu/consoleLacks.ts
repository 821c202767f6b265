import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { Answer, Failure } from '../../protocol/errors';
import { classify } from '../../protocol/feishu/errors';
import { asFields } from '../../protocol/fields';
import { notGranted, SCOPES_PATH } from '../../protocol/feishu/granted';
import type { Hints } from '../shared/http/credentialTest';
import { urlOf } from '../shared/http/credentials';
import { fetchJson } from '../shared/http/fetchJson';

/* What an app with a right id and secret lacks in Feishu's console. No API tells the events that it subscribes to. */

const BOT_PATH = '/open-apis/bot/v3/info';
const PUBLISH = 'publish a version (版本管理与发布)';
/** `activate_status` of an app that is published, approved and switched on. */
const ACTIVE = 2;

/** What keeps the bot from answering, by the code that Feishu refuses with. */
const FAULTS: ReadonlyArray<readonly [codes: RegExp, words: string]> = [
	[/^(?:11205|230006)$/, `The app has no bot: add it (应用能力 → 机器人), then ${PUBLISH}`],
	[/^99991401$/, 'Add this server’s address to the list (安全设置 → IP 白名单)'],
];

/** @returns a fault, or hints. What Feishu does not say clearly is neither. */
export async function consoleLacks(
	data: ICredentialDataDecryptedObject,
	token: string,
): Promise<string | Hints> {
	const headers = { authorization: `Bearer ${token}` };
	const ask = async (path: string): Promise<Answer | Failure> =>
		await fetchJson({ method: 'GET', url: urlOf(data, path), headers });
	const [bot, scopes] = await Promise.all([ask(BOT_PATH), ask(SCOPES_PATH)]);
	return faultOf(bot) ?? faultOf(scopes) ?? [...inactive(bot), ...ungranted(scopes)];
}

function faultOf(answer: Answer | Failure): string | undefined {
	const refusal = 'class' in answer ? undefined : classify(answer);
	const fault = refusal && FAULTS.find(([codes]) => codes.test(refusal.code));
	return fault && `${fault[1]} (Feishu: ${refusal.message} ${refusal.code})`;
}

/** The body of an answer that is no refusal. */
const bodyOf = (answer: Answer | Failure): unknown =>
	'class' in answer || classify(answer) ? undefined : answer.body;

function inactive(answer: Answer | Failure): Hints {
	const { activate_status: status } = asFields(asFields(bodyOf(answer)).bot);
	if (typeof status !== 'number' || status === ACTIVE) return [];
	return [
		`Feishu says that the app is not active (activate_status ${status}): ${PUBLISH}, and let an administrator approve it and switch it on`,
	];
}

function ungranted(answer: Answer | Failure): Hints {
	const missing = notGranted(bodyOf(answer));
	if (!missing.length) return [];
	const list = missing.map(({ name, why }) => `${name} (${why.zh}${why.en})`).join(', ');
	return [`Not granted: ${list}. Add at 权限管理, then ${PUBLISH}`];
}
