import CryptoJS from 'crypto-js';

import { randomBytes, sha256Hex } from './aes.ts';
import type { Call, ServiceReply, ServiceRoute } from './http.ts';
import type { World } from './world.ts';

const WINDOW_MS = 15 * 60_000;
const SIGNED = [
	'host',
	'x-acs-action',
	'x-acs-content-sha256',
	'x-acs-date',
	'x-acs-signature-nonce',
	'x-acs-version',
];
/** One approved signature and one template with one variable, `${title}`. */
export const SMS_SIGN_NAME = '沙箱科技';
export const SMS_TEMPLATE_CODE = 'SMS_100000001';
const DAY_LIMIT = { count: 50, windowMs: 24 * 60 * 60_000 };

const refusal = (status: number, code: string, message: string): ServiceReply => ({
	status,
	body: { Code: code, Message: message, RequestId: requestId() },
	refused: `${code}: ${message}`,
});

const requestId = () => randomBytes(16).toString('hex').toUpperCase();

const encode = (text: string) =>
	encodeURIComponent(text).replace(
		/[!'()*]/g,
		(letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
	);

/** The text that method V3 signs, from what came in. */
export function canonicalRequest(call: Pick<Call, 'method' | 'query' | 'headers'>, raw: Buffer) {
	const query = [...call.query]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, value]) => `${encode(name)}=${encode(value)}`)
		.join('&');
	const lines = SIGNED.map((name) => `${name}:${String(call.headers[name] ?? '').trim()}\n`);
	const body = sha256Hex(raw.toString('utf8'));
	return [call.method, '/', query, lines.join(''), SIGNED.join(';'), body].join('\n');
}

export const sign = (request: string, secret: string) =>
	CryptoJS.HmacSHA256(`ACS3-HMAC-SHA256\n${sha256Hex(request)}`, secret).toString();

function unauthorised(call: Call, world: World): ServiceReply | undefined {
	const { accessKeyId, accessKeySecret } = world.accounts.clawBotAliyunSmsApi;
	const form = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=(\w+)$/;
	const [, id, headers, signature] = form.exec(call.headers.authorization ?? '') ?? [];
	if (!id) return refusal(400, 'IncompleteSignature', 'The Authorization header is malformed.');
	if (id !== accessKeyId) {
		return refusal(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
	}
	const expected = sign(canonicalRequest(call, call.raw), accessKeySecret);
	if (headers !== SIGNED.join(';') || signature !== expected) {
		return refusal(400, 'SignatureDoesNotMatch', 'Specified signature is not matched.');
	}
	const date = String(call.headers['x-acs-date']);
	if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(date)) {
		return refusal(400, 'InvalidTimeStamp.Format', 'Specified time stamp is not well formatted.');
	}
	if (Math.abs(Date.parse(date) - world.clock.now()) > WINDOW_MS) {
		return refusal(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date is expired.');
	}
	const nonce = `sms nonce ${String(call.headers['x-acs-signature-nonce'])}`;
	if (world.idempotencyKeys.recall(nonce)) {
		return refusal(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
	}
	world.idempotencyKeys.keep(nonce, true, WINDOW_MS);
	return undefined;
}

function variablesOf(text: string): Record<string, unknown> | undefined {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** HTTP 200 with the reason in the body: what the SMS service itself says no to. */
function unfit(query: URLSearchParams): ServiceReply | undefined {
	const numbers = (query.get('PhoneNumbers') ?? '').split(',');
	if (!numbers.every((number) => /^1\d{10}$/.test(number))) {
		return refusal(200, 'isv.MOBILE_NUMBER_ILLEGAL', '号码非法');
	}
	if (query.get('SignName') !== SMS_SIGN_NAME) {
		return refusal(200, 'isv.SMS_SIGNATURE_ILLEGAL', '该账号下找不到对应签名');
	}
	if (query.get('TemplateCode') !== SMS_TEMPLATE_CODE) {
		return refusal(200, 'isv.SMS_TEMPLATE_ILLEGAL', '该账号下找不到对应模板');
	}
	const variables = variablesOf(query.get('TemplateParam') ?? '{}');
	if (!variables) return refusal(200, 'isv.INVALID_JSON_PARAM', 'JSON参数不合法');
	const { title } = variables;
	if (typeof title !== 'string' || title === '') {
		return refusal(200, 'isv.TEMPLATE_MISSING_PARAMETERS', '模板变量缺少参数 title');
	}
	if ([...title].length > 35) return refusal(200, 'isv.PARAM_LENGTH_LIMIT', '参数超过长度限制');
	return /:\/\/|\d+\.\d+\.\d+|[\w-]+\.[a-z]{2,}/i.test(title)
		? refusal(200, 'isv.PARAM_NOT_SUPPORT_URL', '不支持URL')
		: undefined;
}

function send(call: Call, world: World): ServiceReply {
	const { 'x-acs-action': action, 'x-acs-version': version } = call.headers;
	if (action !== 'SendSms' || version !== '2017-05-25') {
		return refusal(404, 'InvalidAction.NotFound', 'Specified api is not found.');
	}
	const no = unauthorised(call, world) ?? unfit(call.query);
	if (no) return no;
	for (const number of call.query.get('PhoneNumbers')!.split(',')) {
		if (world.limits.take(`sms ${number}`, DAY_LIMIT) !== 'ok') {
			return refusal(200, 'isv.BUSINESS_LIMIT_CONTROL', '触发天级流控Permits:50');
		}
	}
	const id = randomBytes(10).toString('hex');
	const text = String(variablesOf(call.query.get('TemplateParam') ?? '{}')!.title);
	return {
		body: { Code: 'OK', Message: 'OK', BizId: id, RequestId: requestId() },
		messageId: id,
		conversation: call.query.get('PhoneNumbers')!,
		text: `【${SMS_SIGN_NAME}】${text}`,
	};
}

export const smsRoutes: ServiceRoute[] = [
	{ method: 'POST', path: /^\/$/, kind: 'send', handle: send },
];

export const unknownSmsPath = (call: Call): ServiceReply =>
	refusal(404, 'InvalidAction.NotFound', `Nothing at ${call.method} ${call.path}.`);
