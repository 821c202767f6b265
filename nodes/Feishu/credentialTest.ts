import { asText } from '../../protocol/fields';
import { classify } from '../../protocol/feishu/errors';
import { tokenRules } from '../../protocol/feishu/token';
import { consoleLacks } from './consoleLacks';
import {
	credentialTest,
	emptyField,
	tryToken,
	wrongUrl,
	type FieldOfCode,
} from '../shared/http/credentialTest';

const WHERE = 'copy it again from 凭证与基础信息';
const fields: FieldOfCode = [
	[/^10003$/, `App ID or App Secret is wrong: ${WHERE}`],
	[/^1001[45]$/, `App Secret is wrong: ${WHERE}`],
];
const source = { service: 'Feishu', token: tokenRules, classify };

export const testApp = credentialTest(async (data) => {
	const wrong =
		emptyField(data, [
			['appId', 'App ID'],
			['appSecret', 'App Secret'],
		]) ?? wrongUrl(data, [['baseUrl', 'Base URL']]);
	if (wrong) return wrong;
	const [encryptKey, token] = [asText(data.encryptKey), asText(data.verificationToken)];
	if (encryptKey && !token) {
		return 'Verification Token is empty, but Encrypt Key is not: receiving needs it (事件与回调 → 加密策略)';
	}
	if (/\s|\p{Cf}/u.test(encryptKey + token)) {
		return 'Encrypt Key or Verification Token has blanks or invisible characters: copy it again';
	}
	const tried = await tryToken(data, source, fields);
	return 'fault' in tried ? tried.fault : await consoleLacks(data, tried.token);
}, 'Feishu accepts App ID and App Secret');
