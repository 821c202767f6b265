import { isSuccess } from '../errors';
import { asFields, asNumber, asText, type Fields } from '../fields';
import { urlBelow } from '../pasted';
import {
	RegistrationError,
	fieldsOf,
	grantOf,
	judgeResponse,
	noAnswer,
	passingTrouble,
	reasonIn,
	type RegistrationAnswer,
	type RegistrationCode,
	type RegistrationQuestion,
	type RegistrationRequest,
	type RegistrationResponse,
} from '../registration';
import { readCode } from '../registrationCode';

/* An AI bot (智能机器人) by a scan with WeCom, not with WeChat. WeCom has no page about it; its own CLI uses it. */

export const registrationDefaults = {
	registrationUrl: 'https://work.weixin.qq.com',
	codeDomains: 'work.weixin.qq.com',
	source: 'n8n-nodes-clawbot',
	websocketUrl: 'wss://openws.work.weixin.qq.com',
};

export type WeComRegistrationSettings = typeof registrationDefaults;

/** Neither macOS (1), Windows (2) nor Linux (3): the code is shown by a server. */
const OTHER_SYSTEM = '0';
/** WeCom names neither. */
const TIMES = { expiresIn: 300, interval: 3 };

function get(
	{ registrationUrl }: WeComRegistrationSettings,
	path: string,
	query: Record<string, string>,
): RegistrationRequest {
	const url = urlBelow(registrationUrl, path);
	return { method: 'GET', url: `${url}?${new URLSearchParams(query)}`, headers: {} };
}

export const beginRequest = (settings: WeComRegistrationSettings): RegistrationRequest =>
	get(settings, '/ai/qc/generate', { source: settings.source, plat: OTHER_SYSTEM });

export const pollRequest = (
	settings: WeComRegistrationSettings,
	{ deviceCode }: RegistrationQuestion,
): RegistrationRequest => get(settings, '/ai/qc/query_result', { scode: deviceCode });

/** @throws RegistrationError */
export function readBegun(
	response: RegistrationResponse,
	settings: WeComRegistrationSettings,
): RegistrationCode {
	const fields = fieldsOf(response);
	const refusal = refusalIn(fields);
	if (refusal) throw new RegistrationError('refused', refusal);
	const { scode, auth_url } = asFields(fields.data);
	const given = { deviceCode: scode, address: auth_url, expiresIn: undefined, interval: undefined };
	return readCode(given, settings, TIMES);
}

/** Of what WeCom says, success alone is known: anything else is waited through. */
export function readPolled(
	response: RegistrationResponse,
	{ websocketUrl }: WeComRegistrationSettings,
): RegistrationAnswer {
	const judged = judgeResponse(response);
	if (judged) return judged;
	if (!isSuccess(response.status)) return noAnswer(response.status);
	const fields = asFields(response.body);
	const refusal = refusalIn(fields);
	if (refusal) return passingTrouble('failed', refusal);
	const { status, bot_info } = asFields(fields.data);
	if (status !== 'success') return { status: 'waiting' };
	const { botid, secret } = asFields(bot_info);
	return grantOf({ botId: botid, secret }, { websocketUrl });
}

/** An answer need not have a code; one that is no 0 refuses. */
function refusalIn({ errcode, errmsg }: Fields): string | undefined {
	const code = asText(errcode);
	if (code === '' || asNumber(code) === 0) return undefined;
	return reasonIn(`${asText(errmsg)} (${code})`);
}
