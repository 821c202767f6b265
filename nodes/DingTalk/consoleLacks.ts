import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { classify } from '../../protocol/dingtalk/errors';
import { pastedKey } from '../../protocol/pasted';
import type { Hints } from '../shared/http/credentialTest';
import { urlOf } from '../shared/http/credentials';
import { fetchJson } from '../shared/http/fetchJson';

/* What an app with a right id and secret lacks in DingTalk's console. No API tells how it receives (Stream 模式). */

/** Which codes DingTalk refuses a robot with is not published in full: so these are hints and no faults. */
const HINTS: ReadonlyArray<readonly [codes: RegExp, words: string]> = [
	[/AccessTokenPermissionDenied/i, 'Not granted: add the permission at 权限管理, then publish'],
	[/IpNotInWhiteList/i, 'Add this server’s address to the list (安全设置 → 服务器出口 IP)'],
	[
		/robotCode|robot\.?not|chatbotId\.|bot\.stopped/i,
		'DingTalk does not know the robot: add it (应用能力 → 机器人) and publish a version (版本管理与发布); Robot Code is empty or that of its page',
	],
];

/**
 * Asks for a file that nobody has sent: DingTalk looks at the permission and the robot as it does for an answer,
 * and nothing is written. Anything else that it says is no matter of the console.
 */
export async function consoleLacks(
	data: ICredentialDataDecryptedObject,
	token: string,
): Promise<Hints> {
	const answer = await fetchJson({
		method: 'POST',
		url: urlOf(data, '/v1.0/robot/messageFiles/download'),
		headers: { 'x-acs-dingtalk-access-token': token },
		values: {
			downloadCode: 'credential test',
			robotCode: pastedKey(data.robotCode) || pastedKey(data.clientId),
		},
	});
	const refusal = 'class' in answer ? undefined : classify(answer);
	const hint = refusal && HINTS.find(([codes]) => codes.test(refusal.code));
	return hint ? [`${hint[1]} (DingTalk: ${refusal.message} ${refusal.code})`] : [];
}
