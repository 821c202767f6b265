import {
	classifyStatus,
	failure,
	httpCode,
	lookUp,
	type Answer,
	type Failure,
	type KnownFailure,
} from '../errors';
import { asFields, asText } from '../fields';

const KEY: KnownFailure = [
	'badCredentials',
	'Check AccessKey ID and AccessKey Secret in the credential.',
];
const CLOCK: KnownFailure = [
	'badRequest',
	'The clock of n8n’s host is over 15 minutes off: set it (NTP).',
];
const RIGHT: KnownFailure = [
	'permissionDenied',
	'Give the RAM user of the AccessKey the right dysms:SendSms.',
];
const SIGNATURE: KnownFailure = [
	'badRequest',
	'Use an approved signature (短信签名) of this account; it and the template must fit each other.',
];
const TEMPLATE: KnownFailure = [
	'badRequest',
	'Use an approved template (短信模板) of this account.',
];
const VARIABLES: KnownFailure = [
	'badRequest',
	'Fill every variable of the template with a text: short, no address of a page or host in it.',
];
const NUMBER: KnownFailure = ['badRequest', 'Check the phone numbers.'];
const CONTENT: KnownFailure = ['contentRejected', 'A variable holds a forbidden word: change it.'];
const MONEY: KnownFailure = [
	'quotaExhausted',
	'Top up the account (短信服务 → 套餐包 or balance).',
];
const LIMIT: KnownFailure = [
	'quotaExhausted',
	'This number has had as many messages as are allowed in an hour or a day; raise the limit in the console (发送频率).',
];
const BUSY: KnownFailure = [
	'rateLimited',
	'Too many calls a second: send again in a second.',
	1000,
];
const FAULT: KnownFailure = ['temporary', 'The gateway has a fault: send again.'];

/** API 错误码 of the SMS service (短信服务), and the common ones of the API gateway. */
const CODES: Readonly<Record<string, KnownFailure>> = {
	'InvalidAccessKeyId.NotFound': KEY,
	'InvalidAccessKeyId.Inactive': KEY,
	SignatureDoesNotMatch: KEY,
	IncompleteSignature: KEY,
	'InvalidTimeStamp.Expired': CLOCK,
	'InvalidTimeStamp.Format': CLOCK,
	SignatureNonceUsed: ['temporary', 'The same call came twice: send again.'],
	'isp.RAM_PERMISSION_DENY': RIGHT,
	'isv.RAM_PERMISSION_DENY': RIGHT,
	NoPermission: RIGHT,
	'Forbidden.RAM': RIGHT,
	'isv.SMS_SIGNATURE_ILLEGAL': SIGNATURE,
	'isv.SIGN_NAME_ILLEGAL': SIGNATURE,
	'isv.SIGN_STATE_ILLEGAL': SIGNATURE,
	'isv.SIGNATURE_BLACKLIST': SIGNATURE,
	'isv.SMS_SIGN_ILLEGAL': SIGNATURE,
	'isv.SMS_SIGNATURE_SCENE_ILLEGAL': SIGNATURE,
	'isv.SMS_TEMPLATE_ILLEGAL': TEMPLATE,
	'isv.SMS_CONTENT_ILLEGAL': CONTENT,
	'isv.BLACK_KEY_CONTROL_LIMIT': CONTENT,
	'isv.TEMPLATE_MISSING_PARAMETERS': VARIABLES,
	'isv.TEMPLATE_PARAMS_ILLEGAL': VARIABLES,
	'isv.INVALID_JSON_PARAM': VARIABLES,
	'isv.INVALID_PARAMETERS': VARIABLES,
	'isv.PARAM_LENGTH_LIMIT': VARIABLES,
	'isv.PARAM_NOT_SUPPORT_URL': VARIABLES,
	'isv.MOBILE_NUMBER_ILLEGAL': NUMBER,
	'isv.MOBILE_COUNT_OVER_LIMIT': ['badRequest', 'One call takes at most 1,000 phone numbers.'],
	'isv.AMOUNT_NOT_ENOUGH': MONEY,
	'isv.OUT_OF_SERVICE': MONEY,
	'isv.PRODUCT_UN_SUBSCRIPT': ['permissionDenied', 'Activate the SMS service (短信服务) first.'],
	'isv.PRODUCT_UNSUBSCRIBE': ['permissionDenied', 'Activate the SMS service (短信服务) first.'],
	'isv.ACCOUNT_NOT_EXISTS': KEY,
	'isv.ACCOUNT_ABNORMAL': ['permissionDenied', 'The account is blocked: see the console.'],
	'isv.BUSINESS_LIMIT_CONTROL': LIMIT,
	'isv.DAY_LIMIT_CONTROL': LIMIT,
	'isv.MONTH_LIMIT_CONTROL': LIMIT,
	'Throttling.User': BUSY,
	Throttling: BUSY,
	'Throttling.Api': BUSY,
	'isp.SYSTEM_ERROR': FAULT,
	ServiceUnavailable: FAULT,
	InternalError: FAULT,
};

/** What an answer of the gateway means: HTTP 200 holds errors too. Undefined for a message that is under way. */
export function classify(answer: Answer): Failure | undefined {
	const { Code, Message } = asFields(answer.body);
	const code = asText(Code);
	if (code === 'OK' && answer.status === 200) return undefined;
	const known = lookUp(CODES, code) ?? classifyStatus(answer.status);
	return failure(known, code || httpCode(answer.status), asText(Message));
}
