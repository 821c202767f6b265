import { classify } from '../../protocol/dingtalk/errors';
import { tokenRules } from '../../protocol/dingtalk/token';
import { consoleLacks } from './consoleLacks';
import {
	credentialTest,
	emptyField,
	tryToken,
	wrongKeys,
	wrongUrl,
	type FieldOfCode,
} from '../shared/http/credentialTest';

const BOTH = 'Client ID or Client Secret is wrong: copy both again from 凭证与基础信息';
const fields: FieldOfCode = [[/invalidClientIdOrSecret|invalidParameter|40089|40096/i, BOTH]];
const source = { service: 'DingTalk', token: tokenRules, classify };

export const testApp = credentialTest(async (data) => {
	const wrong =
		emptyField(data, [
			['clientId', 'Client ID'],
			['clientSecret', 'Client Secret'],
		]) ??
		wrongUrl(data, [
			['baseUrl', 'Base URL'],
			['oapiBaseUrl', 'Old API Base URL'],
		]) ??
		wrongKeys(
			data,
			[
				['token', 'Token'],
				['aesKey', 'AES Key'],
			],
			'事件订阅 → HTTP 推送',
		);
	if (wrong) return wrong;
	const tried = await tryToken(data, source, fields);
	return 'fault' in tried ? tried.fault : await consoleLacks(data, tried.token);
}, 'DingTalk accepts Client ID and Client Secret');
