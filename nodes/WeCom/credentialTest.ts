import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { asFields, type Fields } from '../../protocol/fields';
import { pastedKey } from '../../protocol/pasted';
import { classify } from '../../protocol/wecom/errors';
import { tokenRules } from '../../protocol/wecom/token';
import { urlOf } from '../shared/http/credentials';
import {
	credentialTest,
	emptyField,
	tryToken,
	wrongKeys,
	wrongUrl,
	type Field,
	type FieldOfCode,
	type Hints,
} from '../shared/http/credentialTest';
import { fetchJson } from '../shared/http/fetchJson';
import { aiBotCallback } from './receive/callback';
import { stream } from './receive/stream';

const fields: FieldOfCode = [
	[/^40013$/, 'Corp ID is wrong: copy it again from 我的企业 → 企业信息'],
	[/^(?:40001|40091|42009)$/, 'Secret is wrong: copy it again from the app’s page'],
];
const source = { service: 'WeCom', token: tokenRules, classify };
/** What callbacks are verified and decrypted with. */
const RECEIVING_KEYS: readonly [Field, Field] = [
	['token', 'Token'],
	['encodingAesKey', 'Encoding AES Key'],
];

export const testApp = credentialTest(async (data) => {
	const wrong =
		emptyField(data, [
			['corpId', 'Corp ID'],
			['agentId', 'Agent ID'],
			['secret', 'Secret'],
		]) ??
		wrongUrl(data, [['baseUrl', 'Base URL']]) ??
		(/^\d+$/.test(pastedKey(String(data.agentId)))
			? undefined
			: 'Agent ID must be a number: AgentId on the app’s page') ??
		wrongKeys(data, RECEIVING_KEYS, '接收消息 → 设置 API 接收');
	if (wrong) return wrong;
	const tried = await tryToken(data, source, fields);
	return 'fault' in tried ? tried.fault : await wrongAgent(data, tried.token);
}, 'WeCom accepts Corp ID, Agent ID and Secret');

/** An app may read its own description, and no other's. */
async function wrongAgent(
	data: ICredentialDataDecryptedObject,
	token: string,
): Promise<string | Hints | undefined> {
	const answer = await fetchJson({
		method: 'GET',
		url: urlOf(data, '/cgi-bin/agent/get'),
		values: { access_token: token, agentid: pastedKey(String(data.agentId)) },
	});
	if ('class' in answer) return undefined;
	const refusal = classify(answer);
	if (!refusal) return hintsOf(asFields(answer.body));
	const said = `(WeCom: ${refusal.message} ${refusal.code})`;
	if (/^60020$/.test(refusal.code)) return `${refusal.cure} ${said}`;
	// Whatever else this call says is no matter of the credential.
	if (!/^(?:40056|301002|301023)$/.test(refusal.code)) return undefined;
	return `Agent ID is not that of the app with this Secret: both stand on the app’s page ${said}`;
}

/** The app's own description says whether an administrator has switched it off. */
const hintsOf = ({ close }: Fields): Hints =>
	close === 1 ? ['The app is switched off (已停用): switch it on at 应用管理 → its page'] : [];

const UNPROVED_STREAM: Hints = [
	'Whether WeCom takes Bot ID and Secret shows when n8n connects: its log says connected, or why not. A connection for this test would end the bot’s own',
];
const UNPROVED_CALLBACK: Hints = [
	'Whether Token and Encoding AES Key are right shows when WeCom saves the URL (API 模式 → 使用 URL 回调)',
];

/**
 * Only the form can be tested: the keys of HTTP callbacks are proved when WeCom calls, and a connection would
 * end the one that the bot has.
 */
export const testAiBot = credentialTest((data) => {
	const wrong = wrongKeys(data, RECEIVING_KEYS, 'API 模式 → 使用 URL 回调');
	if (wrong) return wrong;
	const isForStream = [data.botId, data.secret].some((value) => pastedKey(value) !== '');
	return (
		(isForStream ? stream : aiBotCallback).missing(data) ??
		(isForStream ? UNPROVED_STREAM : UNPROVED_CALLBACK)
	);
}, 'Well formed');
